# The pages of the platform's listener.
start-title = プラットフォーム API
start-lead = このアドレスでは { $organization } のプラットフォーム API を提供しています。ポータル、API プロダクト、ID プロバイダー、認証ストラテジー、ゲートウェイのサービスとルートを管理できます。
start-here = リンク
start-portal = 開発者ポータル
start-portal-text = 開発者が API を探し、アプリケーションの認証情報を取得する場所です。
start-documentation = API のドキュメント
start-documentation-text = この API は Kong Konnect と互換です。リファレンス、SDK、ツールをそのまま利用できます。対応している操作は docs/COMPATIBILITY.md に記載しています。
start-token = トークンの作成
start-token-lead = すべての呼び出しにプラットフォームトークンが必要です。このコントロールプレーンのマシンでコマンドを実行できる人が作成できます。表示されるのは一度だけです。
start-call = 呼び出し
start-call-lead = トークンをヘッダーに入れます。「Bearer」はあってもなくてもかまいません。
