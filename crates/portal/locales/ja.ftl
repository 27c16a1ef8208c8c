# 開発者ポータルのページ

## フレーム
nav-catalogue = API
nav-apps = マイアプリ
nav-sign-in = サインイン
nav-sign-up = 登録

## カタログ
catalogue-title = API
catalogue-lead = ドキュメントを読み、呼び出しを試し、アプリケーションの認証情報を取得できます。
catalogue-search-label = API を検索
catalogue-search = 検索
catalogue-found =
    { $count ->
        [0] 「{ $query }」に一致する API はありません
       *[other] 「{ $query }」に一致する API が { $count } 件あります
    }
catalogue-show-all = すべての API を表示
catalogue-empty-title = API はまだありません
catalogue-empty-next = このポータルに API が公開されると、ここに表示されます。
catalogue-nothing-title = 「{ $query }」に一致するものはありません
catalogue-nothing-next = つづりを確認するか、別の言葉で検索してください。
product-versions-count = { $count } バージョン

## API プロダクト
product-overview = 概要
product-reference = API リファレンス
product-documents = ドキュメント
product-versions = バージョン
product-version = バージョン
product-version-latest = 最新
product-version-deprecated = 非推奨
product-no-description = この API の説明はまだありません。
product-no-versions-title = 公開されているバージョンはありません
product-no-versions-next = 登録できるものはまだありません。後でもう一度ご覧ください。
product-access = 利用
product-access-open = 登録を受け付けています
product-access-review = 登録は API チームが審査します
product-access-closed = このバージョンは登録を受け付けていません
product-register = アプリケーションを登録
product-read-reference = リファレンスを開く
product-base-url = ベース URL
product-how-to-sign = 認証方式
deprecated-notice = このバージョンは非推奨です。引き続き利用できますが、新しいバージョンへの移行をご検討ください。
credential-key_auth = API キー
credential-client_credentials = OAuth クライアントクレデンシャル
credential-self_managed_client_credentials = お持ちの OAuth クライアント
reference-needs-script = 対話型リファレンスには JavaScript が必要です。使えない場合は OpenAPI ドキュメントをダウンロードし、お好みのツールでご覧ください。
reference-download = OpenAPI ドキュメントをダウンロード

## 登録
sign-up-title = アカウントを作成
sign-up-lead = 1 つのアカウントで、このポータルのすべての API を利用できます。
sign-up-full-name = 氏名
sign-up-email = メールアドレス
sign-up-email-hint = ご本人のアドレスであることを確認するため、このアドレスにリンクを送ります。
sign-up-button = アカウントを作成
sign-up-have-account = すでにアカウントをお持ちですか?
check-mail-title = メールをご確認ください
check-mail-lead = メールを送信しました。メール内のリンクを開いてメールアドレスを確認し、パスワードを設定してください。
check-mail-lead-reset = このアドレスのアカウントがあれば、新しいパスワードを設定するためのリンクをお送りしました。
check-mail-nothing = 数分待っても届かない場合は、迷惑メールフォルダーを確認するか、最初からやり直してください。
check-mail-again = 最初からやり直す
check-mail-to-sign-in = サインインに戻る
verify-title = メールアドレスの確認
verify-lead = アカウントのメールアドレス { $email } を確認します。
verify-lead-unknown = アカウントのメールアドレスを確認します。
verify-button = 確認してパスワードを設定
verify-failed-title = このリンクは使えなくなりました
verify-failed-next = すでに使用されたか、有効期限が切れています。「パスワードをお忘れですか?」から新しいリンクを請求してください。

## サインイン
sign-in-title = サインイン
sign-in-email = メールアドレス
sign-in-password = パスワード
sign-in-button = サインイン
sign-in-forgotten = パスワードをお忘れですか?
sign-in-no-account = 初めての方は
sign-in-create = アカウントを作成
sign-in-refused = メールアドレスまたはパスワードが違います。両方を確認して、もう一度お試しください。
sign-in-pending = アカウントは API チームの承認待ちです。承認されるとサインインできます。申請は届いています。
sign-in-rejected = アカウントは API チームに承認されませんでした。お心当たりがない場合は API チームにお問い合わせください。
sign-in-revoked = アカウントは API チームによって停止されました。お心当たりがない場合は API チームにお問い合わせください。
sign-in-unverified = 先にメールアドレスを確認してください。お送りしたメールのリンクを開いてください。
sign-in-first = 続けるにはサインインしてください。
signed-out = サインアウトしました。
sign-up-closed-title = このポータルにアカウントはありません
sign-up-closed-next = すべてのページをサインインせずにご覧いただけます。

## パスワード
forgotten-title = パスワードをお忘れですか?
forgotten-lead = メールアドレスを入力してください。新しいパスワードを設定するためのリンクを送ります。
forgotten-button = リンクを送る
password-title = パスワードを設定
password-title-new = 新しいパスワードを設定
password-new = パスワード
password-hint = 12 文字以上。自分だけが思いつく言葉をいくつか組み合わせるとよいでしょう。
password-again = パスワード (もう一度)
password-button = パスワードを保存
password-saved = パスワードを保存しました。サインインしてください。
password-failed-title = このリンクは使えなくなりました
password-failed-next = すでに使用されたか、有効期限が切れています。新しいリンクを請求してください。
password-ask-again = 新しいリンクを請求

## アプリケーション
apps-title = マイアプリ
apps-lead = アプリケーションはそれぞれ認証情報を持ち、いくつの API にも登録できます。
apps-new = 新しいアプリ
apps-empty-title = アプリケーションはまだありません
apps-empty-next = 作成すると認証情報が発行されます。その後、呼び出す API に登録してください。
apps-leaving = 削除中:
apps-leaving-text = 認証情報はすでに使えません。ID プロバイダーのクライアントは、プロバイダーが応じ次第削除されます。操作は不要です。
apps-name = 名前
apps-strategy = 認証方式
apps-registrations = API
apps-created = 作成日
app-new-title = 新しいアプリ
app-new-lead = 認証情報は次のページですぐに表示されます。
app-name = 名前
app-name-hint = あなたと API チームに表示されます。
app-description = 説明
app-strategy = アプリケーションの認証方式
app-strategy-hint-client_credentials = クライアント ID とシークレットが発行されます (OAuth 2.0 クライアントクレデンシャル)。
app-strategy-hint-self_managed_client_credentials = ID プロバイダーにお持ちのクライアントの ID を入力します。
app-strategy-hint-key_auth = API キーを作成して使います。
app-redirect-uri = リダイレクト URI
app-redirect-uri-hint = 利用者がサインインするアプリケーションの場合だけ必要です。ID プロバイダーからの戻り先を入力してください (例: https://app.example.com/callback)。
app-reference-id = クライアント ID または参照名
app-reference-id-hint = ID プロバイダーのクライアントの ID です。API キーの場合は、ほかと重ならない任意の名前を入力してください。
app-scopes = スコープ
app-scopes-hint = アプリケーションが要求できる権限です。必要なものだけを選んでください。
app-create = 作成
app-cancel = キャンセル
app-no-strategies-title = まだアプリケーションを作成できません
app-no-strategies-next = アプリケーションを登録できる API がまだ公開されていません。後でもう一度ご覧ください。
app-credentials = 認証情報
app-client-id = クライアント ID
app-client-secret = クライアントシークレット
app-secret-hidden = 発行時にのみ表示されます。失くした場合は新しく発行してください。
app-created-at = 作成
app-updated-at = 更新
app-details = 詳細
app-edit = 編集
app-edit-title = { $name } を編集
app-save = 保存
app-saved = アプリケーションを保存しました。

secret-title = { $name } の準備ができました
secret-title-rotated = { $name } の新しいクライアントシークレット
secret-lead = クライアントシークレットを今コピーし、パスワードと同じように保管してください。表示されるのは今回だけです。
secret-lead-succeeded = 両方を今コピーし、シークレットはパスワードと同じように保管してください。表示されるのは今回だけです。
secret-lead-rotated = 今コピーし、パスワードと同じように保管してください。表示されるのは今回だけです。以前のシークレットはもう使えません。
secret-curl = 試してみる
secret-curl-lead = ゲートウェイがこの認証情報をトークンに交換します。アプリケーションを API に登録すると、すぐに呼び出せます。
secret-proceed = 次へ
secret-stored = シークレットを保管したら、アプリケーションに進んでください。

rotate = シークレットを再発行
rotate-title = { $name } のシークレットを再発行しますか?
rotate-text = 新しいクライアントシークレットが発行されます。現在のシークレットがいつ使えなくなるかを選んでください。使用中のすべての場所に適用されます。
rotate-text-next = 新しいシークレットは次のページで一度だけ表示されます。差し替えの準備をしておいてください。
rotate-overlap = 現在の認証情報
rotate-overlap-hint = その時点まで両方が受け付けられるため、入れ替えの間に拒否される呼び出しはありません。ID プロバイダーによっては、新しいクライアント ID も発行されます。
rotate-overlap-none = すぐに使えなくする
rotate-overlap-hour = あと 1 時間使えるようにする
rotate-overlap-day = あと 1 日使えるようにする
rotate-overlap-week = あと 7 日使えるようにする
rotate-overlap-month = あと 30 日使えるようにする
rotate-text-older = 以前の認証情報は、それぞれの期限まで引き続き使えます。先に終わらせる場合は、個別に廃止してください。
rotate-button = 新しいシークレットを発行

secret-old-until = 以前の認証情報の有効期限:

secrets-title = 使用できる認証情報
secrets-credential = 認証情報
secrets-works = 状態
secrets-present = 現在
secrets-until = 有効期限:
secrets-last-use = 最終使用
secrets-unused = まだ使用が確認されていません
secrets-safe = 廃止しても安全
secrets-safe-yes = 使われていません
secrets-safe-no = まだ安全ではありません
secrets-retire = 廃止
secrets-retire-title = この認証情報を今すぐ廃止しますか?
secrets-retire-text = まだ使用している呼び出しは、この時点から拒否されます。元に戻すことはできません。
secrets-retire-button = 今すぐ廃止
secrets-retired = 以前の認証情報は使えなくなりました。
secrets-collect = 新しいシークレットを受け取る
secrets-collect-title = { $name } の新しいシークレット
secrets-collect-text = このポータルの管理者が新しいシークレットへの切り替えを求めています。ここで受け取れます。現在の認証情報は、管理者が定めた時点まで使えます。
secrets-uncollected = このポータルの管理者が新しいシークレットへの切り替えを求めています。以前の認証情報が使えなくなる前に、受け取って差し替えてください。

delete = 削除
delete-title = { $name } を削除しますか?
delete-text = 認証情報はすぐに使えなくなり、登録は終了し、ID プロバイダーのクライアントも削除されます。元に戻すことはできません。
delete-button = アプリケーションを削除
deleted = { $name } を削除しました。
danger-zone = このアプリケーションを削除
danger-zone-text = 認証情報はすぐに使えなくなります。元に戻すことはできません。

## キー
keys-title = API キー
keys-lead = 呼び出しごとに、ヘッダーまたはクエリパラメーター { $names } でキーを送信してください。
keys-empty = キーはまだありません。このアプリケーションを登録した API を呼び出すために作成してください。
keys-name = 名前
keys-name-hint = 後で見分けられるように、キーを使う場所を入力してください。
keys-create = キーを作成
keys-created-title = 新しい API キー
keys-created-lead = キーを今コピーし、パスワードと同じように保管してください。表示されるのは今回だけです。
keys-key = API キー
keys-status = 状態
keys-expires = 有効期限
keys-never = なし
keys-revoke = 削除
keys-revoke-title = キー { $name } を削除しますか?
keys-revoke-text = このキーでの呼び出しはすぐに拒否されます。元に戻すことはできません。
keys-revoke-button = キーを削除
keys-revoked = キー { $name } を削除しました。

## 登録した API
registrations-title = 登録した API
registrations-empty-title = どの API にも登録されていません
registrations-empty-next = 登録するまで、ゲートウェイはこのアプリケーションの呼び出しを拒否します。API を選んで登録してください。
registrations-browse = API を見る
registrations-api = API
registrations-version = バージョン
registrations-status = 状態
registrations-since = 登録日
registrations-scopes = スコープ
status-approved = 承認済み
status-pending = 承認待ち
status-rejected = 却下
status-revoked = 取り消し
status-active = 有効
status-expired = 期限切れ
registration-pending-next = 申請は API チームに届いています。承認されると呼び出せるようになります。
registration-rejected-next = この登録は承認されませんでした。API チームに理由を確認し、登録を解除してからもう一度登録してください。
registration-revoked-next = この登録は API チームによって取り消されました。理由を API チームにお問い合わせください。
register-title = { $product } に登録
register-lead = バージョン { $version }。この API を呼び出すアプリケーションを選んでください。
register-application = アプリケーション
register-new-app = 新しいアプリケーションを作成する
register-button = 登録
register-no-app-title = 登録できるアプリケーションがありません
register-no-app-next = この API を呼び出せるアプリケーションはすべて登録済みか、この API の認証方式を使うアプリケーションがありません。新しく作成してください。
register-approved = { $application } を { $product } に登録しました。すぐに呼び出せます。
register-requested = { $application } の { $product } への登録は、API チームの承認待ちです。
register-closed-title = 登録を受け付けていません
register-closed-next = このバージョンは新しい登録を受け付けていません。この API のほかのバージョンをご覧ください。
unregister = 登録を解除
unregister-title = { $product } の登録を解除しますか?
unregister-text = { $application } は { $product } { $version } を呼び出せなくなります。呼び出しはすぐに拒否されます。もう一度登録することもできます。
unregister-button = 登録を解除
unregistered = { $application } の { $product } への登録を解除しました。

## 問題
invalid-required = { $label }を入力してください。
invalid-too_long = { $label }は { $max } 文字以内で入力してください。
invalid-email = メールアドレスを入力してください (例: name@example.com)。
invalid-uri = 絶対アドレスを入力してください (例: https://app.example.com/callback)。
invalid-password-short = 12 文字以上で入力してください。
invalid-password-match = 2 つのパスワードが一致しません。同じものを 2 回入力してください。
invalid-choose = 一覧から選んでください。
invalid-scopes = 一覧からスコープを選んでください。
lagging-nodes = 完了しました。次のゲートウェイノードはまだ反映を確認していません。少し時間がかかることがあります: { $nodes }
failed-limited = 現在リクエストが多すぎます。{ $seconds } 秒待ってから、もう一度送信してください。何も変更されていません。
failed-limited-soon = 現在リクエストが多すぎます。1 分ほど待ってから、もう一度送信してください。何も変更されていません。
failed-provider = ID プロバイダーで処理できなかったため、何も変更されていません。1 分ほど待ってからもう一度お試しください。繰り返し発生する場合は、次の内容を API チームにお知らせください: { $reason }
failed-busy = 現在ポータルが混み合っているため、何も変更されていません。もう一度送信してください。
failed-conflict = 現在の状態では実行できません: { $reason }。ページを再読み込みして、もう一度お試しください。
failed-conflict-title = このままでは実行できません
failed-provider-title = ID プロバイダーから想定した応答がありませんでした
failed-limited-title = リクエストが多すぎます
not-found-title = ページが見つかりません
not-found-next = API またはアプリケーションが削除されたか、別のアカウントのものである可能性があります。
forbidden-title = アクセスする権限がありません
forbidden-next = 別のアカウントでサインインするか、API チームにアクセスを依頼してください。
