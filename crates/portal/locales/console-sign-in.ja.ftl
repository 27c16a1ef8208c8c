# 開発者のサインイン方法に関するコンソールのページ
save = 保存
saved = 保存しました。
cancel = キャンセル
public = このポータルは公開されており、サインインはありません。非公開にすると、以下の設定が有効になります。

# フォームの誤り
invalid-required = 入力してください。
invalid-min_length = 入力してください。
invalid-max_length = 長すぎます。
invalid-invalid = 正しくありません。
invalid-oidc_issuer-invalid = https://id.example.com のようなアドレスを入力してください。
invalid-oidc_issuer-required = 有効にする前に発行者を入力してください。
invalid-oidc_client_secret-required = 保存されているシークレットは以前の発行者またはクライアントのものです。このクライアントのシークレットを入力してください。
invalid-basic_auth_enabled-invalid = 開発者にはサインインの方法が必要です。先に ID プロバイダーを有効にしてください。

# 登録するもの
register = ID プロバイダーに登録する内容
register-lead = ID プロバイダーで「Web」種別のアプリケーションを作成し、認可コードグラントを許可して、次のアドレスをリダイレクト URI (コールバック URL) として一字一句そのまま登録してください。
redirect-uri = リダイレクト URI

# 設定
settings = 設定
passwords = パスワード
passwords-on = メールアドレスとパスワードでサインインする
passwords-on-hint = オフにすると、サインインページにはシングルサインオンだけが表示され、アドレスでの登録はできません。
provider = シングルサインオン
provider-on = ID プロバイダーでサインインする
provider-on-hint = 初めてのサインインでアカウントが作成されます。すぐに承認されるか承認待ちになるかは、ポータルの設定に従います。
issuer = 発行者
issuer-hint = プロバイダーのメタデータにあるとおりに入力します (例: https://tenant.example.com)。アドレスと鍵はそこから読み取られます。
client-id = クライアント ID
client-secret = クライアントシークレット
client-secret-hint = 暗号化して保存され、表示されることはありません。パブリッククライアントの場合は空のままにします。PKCE は常に使われます。
secret-kept = 保存済みです。表示はできません。そのままにする場合は空にしてください。
scopes = スコープ
scopes-hint = 空白で区切ります。openid は常に要求されます。
claim-name = 名前のクレーム
claim-email = メールアドレスのクレーム
claim-email-hint = 既存のアカウントとの連携は、プロバイダーがこのアドレスを確認済み (email_verified) としている場合に限られます。
claim-groups = グループのクレーム
mapping = チーム
mapping-on = プロバイダーのグループによって、サインインした人のチームを決める

# テスト
test = テスト
test-lead = プロバイダーのメタデータと鍵を読み取り、このクライアントとシークレットが認められるか、ブラウザーがここに戻されるかを確認します。誰もサインインしません。
test-button = 今すぐテスト
test-step = 手順
test-result = 結果
test-detail = 詳細
test-ok = 問題なし
test-wrong = 問題あり
test-holds = すべて問題ありません。開発者はサインインできます。
test-lacks = 開発者はまだサインインできません。以下の内容を修正して、もう一度テストしてください。
step-discovery = メタデータ
step-keys = 鍵
step-client = クライアントとシークレット
step-redirect_uri = リダイレクト URI
mend-discovery = 発行者が正しいか、このマシンから接続できるかを確認してください。
mend-issuer = メタデータにある発行者を上に入力してください。
mend-private = 発行者はプライベートアドレスにあります。このシステムの運用者がネットワークを許可できます (egress.allow)。
mend-keys = プロバイダーは ID トークンに署名する鍵を公開する必要があります (jwks_uri)。クライアントシークレットで署名された ID トークン (HS256) は使えません。RS256 を選んでください。
mend-client = プロバイダーのログで、この要求が拒否された理由を確認してください。
mend-client-secret = プロバイダーがこのクライアントまたはシークレットを認めません。上に両方を入力し直してください。
mend-client-grant = プロバイダーで、このクライアントに認可コードグラントを許可してください。
mend-redirect_uri = プロバイダーはブラウザーをここに戻しません。このリダイレクト URI を一字一句そのまま登録してください。エラーコードがある場合は、スコープなど、ほかに拒否されたものを示しています。

# 削除
removal = 削除
removal-hint = 実行する前に、その影響を確認できます。
removal-button = ID プロバイダーを削除
removal-last = パスワードがオフになっています。プロバイダーがないと誰もサインインできません。先にパスワードを有効にしてください。
removed = ID プロバイダーを削除しました。
delete-title = { $name } の ID プロバイダーを削除しますか?
delete-accounts = 開発者のアカウント、アプリケーション、認証情報は残ります。
delete-passwords = ID プロバイダーだけでサインインしていた人は、アドレスが確認済みであれば「パスワードをお忘れですか?」でパスワードを設定できます。
delete-sessions = サインイン中の人は、セッションが終わるまでそのままです。

# グループとチーム
groups-title = グループとチーム
groups-lead = ID プロバイダーでサインインした人は、プロバイダーが示すグループに対応するチームのメンバーになり、グループが設定されたほかのチームからは外れます。グループのないチームはそのままです。
groups-off = グループによるチーム分けはまだ無効です。設定で有効にしてください。ここでの入力内容は保存されます。
groups-open = グループを選ぶ
groups-search = 名前で検索
groups-none = チームがありません
groups-none-next = 先にチームを作成するか、別の条件で検索してください。
groups-team = チーム
groups-names = プロバイダーのグループ
groups-of = { $team } のグループ
groups-placeholder = 1 行に 1 つ
groups-saved =
    { $count ->
        [0] 変更はありませんでした。
       *[other] { $count } チームのグループを保存しました。
    }
back = サインインの設定に戻る
