# The console's pages about developers and what they ask for.
id = ID
name = 名前
created = 作成日時
yes = はい
no = いいえ
cancel = キャンセル
removed = { $name } を削除しました。
danger-zone = 削除
for-good = 元に戻すことはできません。
choose = 選択
choose-one = { $name } を選択
none-chosen = 先に 1 件以上選択してください。
api = API
application = アプリケーション
applications = アプリケーション
applications-none-here = ありません。
client-id = クライアント ID
developer = 開発者
still-leaving = ID プロバイダーからアプリケーションのクライアントをまだ削除できていません。自動的に続行されます。1 分ほど待ってからもう一度お試しください。

# Where something stands, and what is decided
status = 状態
status-approved = 承認済み
status-pending = 承認待ち
status-revoked = 取り消し済み
status-rejected = 却下
decide-approved = 承認…
decide-rejected = 却下…
decide-revoked = 取り消し…
do-approved = 承認する
do-rejected = 却下する
do-revoked = 取り消す
reason = 理由
reason-hint = 開発者に送られるメールに記載されます。
invalid-reason-required = 理由を入力してください。開発者に送られます。
invalid-reason-max_length = 1000 文字以内で入力してください。

# Developers
developers-title = 開発者
developers-search = 名前またはメールアドレスで検索
developers-none = 開発者がいません
developers-none-next = 開発者はポータルで登録します。見つからない場合は、別の条件で検索してください。
developers-signed-up = 登録日時
developers-verified = メールアドレスの確認
developers-approved-title = { $count } 人の開発者を承認しますか
developers-approved-lead = サインインし、アプリケーションを作成し、API の利用を申請できるようになります。
developers-approved-done = { $count } 人の開発者を承認しました。
developers-rejected-title = { $count } 人の開発者を却下しますか
developers-rejected-lead = サインインできません。後から承認することもできます。
developers-rejected-done = { $count } 人の開発者を却下しました。
developers-revoked-title = { $count } 人の開発者を取り消しますか
developers-revoked-lead = ただちにサインアウトされ、サインインできなくなります。アプリケーションの認証情報は、登録を取り消すまで有効です。
developers-revoked-done = { $count } 人の開発者を取り消しました。
developers-delete = この開発者を削除
developers-delete-hint = アプリケーションと認証情報も削除されます。
developers-delete-title = { $name } を削除しますか
developers-delete-lead = { $portal } のアカウントが削除されます。
developers-delete-applications = 次のアプリケーションも削除されます。クライアントは ID プロバイダーから削除され、ゲートウェイは認証情報を拒否します。

# Registrations
registrations-title = 登録
registrations-search = API、アプリケーション、開発者で検索
registrations-none = 登録がありません
registrations-none-next = アプリケーションはポータルで API に登録します。見つからない場合は、別の条件で検索してください。
registrations-none-here = ありません。
registrations-all = このポータルのすべての登録
registrations-asked = 申請日時
registrations-approved-title = { $count } 件の登録を承認しますか
registrations-approved-lead = すべてのゲートウェイに反映されると、アプリケーションから API を呼び出せます。
registrations-approved-done = { $count } 件の登録を承認しました。
registrations-rejected-title = { $count } 件の登録を却下しますか
registrations-rejected-lead = アプリケーションから API を呼び出せません。後から承認することもできます。
registrations-rejected-done = { $count } 件の登録を却下しました。
registrations-revoked-title = { $count } 件の登録を取り消しますか
registrations-revoked-lead = 今後、ゲートウェイはこの API でアプリケーションを拒否します。
registrations-revoked-done = { $count } 件の登録を取り消しました。
