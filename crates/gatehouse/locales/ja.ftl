# コンソール自身のページ: トップ、サインイン、アカウント、チーム
start-title = Gatehouse コンソール
start-lead = このアドレスでは { $organization } のコンソールとプラットフォーム API を提供しています。ポータル、API プロダクト、ID プロバイダー、認証ストラテジー、ゲートウェイのサービスとルートを管理できます。
start-here = リンク
start-console = コンソールにサインイン
start-console-text = このインスタンスを運用するチームのための入口です。
start-portal = 開発者ポータル
start-portal-text = 開発者が API を探し、アプリケーションの認証情報を取得する場所です。
start-documentation = API のドキュメント
start-documentation-text = この API は Kong Konnect と互換です。リファレンス、SDK、ツールをそのまま利用できます。対応している操作は docs/COMPATIBILITY.md に記載しています。
start-token = トークンの作成
start-token-lead = すべての呼び出しにプラットフォームトークンが必要です。このコントロールプレーンのマシンでコマンドを実行できる人が作成できます。表示されるのは一度だけです。
start-call = 呼び出し
start-call-lead = トークンをヘッダーに入れます。「Bearer」はあってもなくてもかまいません。

nav-overview = 概要
nav-dev-portal = 開発者ポータル
nav-portals = ポータル
nav-api-products = API プロダクト
nav-tenant = ID テナント
nav-clients = アプリケーション
nav-apis = API
nav-connections = 接続
nav-users = ユーザー
nav-roles = ロール
nav-logs = ログ
nav-settings = 設定
nav-actions = Actions
nav-actions-library = ライブラリ
nav-actions-triggers = トリガー
nav-actions-executions = 実行履歴
nav-team = チーム
nav-administrators = 管理者
nav-account = マイアカウント

overview-lead = { $name } さん、ようこそ。このインスタンスのすべてをここから管理できます。
overview-clients = テナントのすべてのクライアントの作成、許可、更新、削除。
overview-apis = トークンの対象となる識別子と権限。
overview-connections = ユーザーの所在と、そこへユーザーを送れるアプリケーション。
overview-addresses = アドレス
overview-gateway = ゲートウェイ
overview-platform = コンソールとプラットフォーム API
overview-portal = 開発者ポータル
overview-tenant = ID テナント (issuer)

# 共通
save = 保存
saved = 保存しました。
cancel = キャンセル
field-email = メールアドレス
field-password = パスワード
field-name = 名前
field-role = ロール
role-owner = オーナー
role-owner-hint = チームのアカウントを含め、すべてを変更できます。
role-admin = 管理者
role-admin-hint = チームのアカウント以外のすべてを変更できます。
role-viewer = 閲覧者
role-viewer-hint = すべてを閲覧できますが、変更はできません。シークレットは表示されません。

# サインイン
sign-in = サインイン
sign-in-title = コンソールにサインイン
sign-in-lead = このインスタンスを運用するチームのためのページです。開発者の方は開発者ポータルでサインインしてください。
sign-in-wrong = メールアドレスまたはパスワードが正しくありません。
sign-in-forgotten = パスワードを忘れた場合は、チームのオーナーに依頼するか、マシン上で次を実行してください:
signed-out = サインアウトしました。
signed-out-everywhere = すべてのデバイスからサインアウトしました。
nobody-yet-title = コンソールにはまだ管理者がいません
nobody-yet-lead = Gatehouse が動いているマシンで最初の管理者を作成してください。コマンドが表示するパスワードは、ご自身のパスワードを設定するまで使えます。

# 自分のアカウント
account-title = マイアカウント
account-choose-first = 先にパスワードを設定してください
account-temporary = 現在のパスワードはほかの人が作成したものです。ご自身のパスワードを設定するまで、ほかの操作はできません。
account-password-title = パスワード
account-password-lead = パスワードを変更すると、ほかのすべてのデバイスからサインアウトします。
account-current = 現在のパスワード
account-new = 新しいパスワード
account-new-hint = 12 文字以上。記号を混ぜた 1 語よりも、複数の語を組み合わせるほうが安全です。
account-again = 新しいパスワード (確認)
account-password-button = パスワードを変更
account-password-saved = パスワードを変更しました。ほかのセッションはすべて終了しました。
account-sessions-title = セッション
account-sessions-lead = セッションは最後の操作から 2 時間で終了します。操作を続けていても 12 時間で終了します。
account-sessions-button = すべてのデバイスからサインアウト
invalid-again = 2 つの新しいパスワードが一致しません。
invalid-current-wrong = 現在のパスワードが正しくありません。
invalid-password-min_length = 新しいパスワードは 12 文字以上にしてください。
invalid-password-max_length = 新しいパスワードは 256 文字以下にしてください。
invalid-password-same = 新しいパスワードは以前と異なるものにしてください。
invalid-password-invalid = 推測されやすいパスワードです。名前やアドレスとは関係のない複数の語を組み合わせてください。
invalid-email-invalid = ada@example.com のようなメールアドレスを入力してください。
invalid-email-taken = このアドレスのアカウントはすでにあります。
invalid-name-max_length = 名前は 256 文字以下にしてください。
invalid-last-owner = 最後のオーナーです。先に別の管理者をオーナーにしてください。

# チーム
administrators-lead = このコンソールにサインインできる人と、その権限です。
administrators-new = 管理者を追加
administrators-new-lead = 本人がパスワードを設定するまで使えるパスワードを発行します。表示は一度だけなので、本人に伝えてください。
administrators-create = アカウントを作成
administrators-last-sign-in = 最後のサインイン
administrators-you = 自分
administrators-temporary = まだ本人のパスワードが設定されていません。
administrators-more = パスワードと削除
reset-button = パスワードをリセット
reset-title = { $name } のパスワードをリセットしますか?
reset-lead = すべてのデバイスからサインアウトします。新しいパスワードが一度だけ表示され、本人がパスワードを設定するまで使えます。
remove-button = アカウントを削除
remove-title = { $name } を削除しますか?
remove-lead = { $email } はサインインできなくなり、開いているセッションはすぐに終了します。行った操作は監査ログに残ります。
removed = { $name } を削除しました。
password-shown-title = { $name } のパスワード
password-shown-lead = 本人だけが読める方法で伝えてください。最初のサインインで本人がパスワードを設定します。
one-time-password = ワンタイムパスワード
back-to-administrators = 管理者の一覧に戻る
