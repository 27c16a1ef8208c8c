# The console's pages about the gateway.
name = 名前
created = 作成日時
state = 状態
enabled = 有効
disabled = 無効
control-plane = コントロールプレーン
none-next = プラットフォーム API または decK で作成します。見つからない場合は、別の条件で検索してください。

# Services
services-title = サービス
services-lead = ゲートウェイが呼び出しを転送する先です。
services-search = 名前またはホストで検索
services-none = サービスがありません
services-upstream = アップストリーム

# Routes
routes-title = ルート
routes-lead = ゲートウェイが受け付ける呼び出しと、その先のサービスです。
routes-search = 名前、ホスト、パスで検索
routes-none = ルートがありません
routes-takes = 受け付ける呼び出し
routes-service = サービス

# Nodes
nodes-title = ノード
nodes-lead = このコントロールプレーンに従う、ほかの場所のゲートウェイです。このプロセスから見た状態を表示します。このプロセス自身のゲートウェイは含まれません。
nodes-again = 再読み込み
nodes-newest = 最新のリビジョン
nodes-following = 接続中のノード
nodes-none = ほかのノードはありません
nodes-none-next = このコントロールプレーンのアドレスを指定して起動したゲートウェイがここに表示されます。
nodes-health = 状態
nodes-revision = 適用中のリビジョン
nodes-since = この状態になった日時
nodes-seen = 最後の通信
nodes-current = 最新
nodes-behind = 更新待ち
nodes-away = 未接続

# 拒否
refusals-title = 拒否
refusals-lead = 直近 1 日にゲートウェイが拒否した呼び出しとその理由です。数秒ごとに届きます。非常に多い場合、一部は件数のみ記録されます。
refusals-search = パス、リクエスト ID、アプリケーションで検索
refusals-none = 拒否された呼び出しはありません
refusals-none-next = ゲートウェイが拒否した呼び出しは、数秒以内にここに表示されます。
refusals-when = 日時
refusals-request = リクエスト
refusals-reason = 理由
refusals-application = アプリケーション
refusals-node = ゲートウェイ
refusals-calls = 直近 1 時間の呼び出し
refusals-refused = うち拒否
refusals-reason-no_credential = 認証情報なし
refusals-reason-invalid_token = 無効または期限切れのトークン
refusals-reason-invalid_client = クライアントシークレットの誤り
refusals-reason-invalid_key = 不明または期限切れのキー
refusals-reason-unknown_application = 不明なアプリケーション
refusals-reason-not_registered = 未登録
refusals-reason-wrong_audience = オーディエンスの誤り
refusals-reason-insufficient_scope = スコープ不足
refusals-reason-issuer_unavailable = ID プロバイダー応答なし
refusals-reason-upstream_unreachable = 転送先に接続できない
refusals-reason-upstream_invalid = 転送先の応答が不正
refusals-reason-upstream_timeout = 転送先の応答が遅い
refusals-reason-no_route = ルートなし
refusals-reason-https_required = HTTPS が必要
refusals-reason-malformed_request = 不正なリクエスト
refusals-reason-body_too_large = 本文が大きすぎる
refusals-reason-slow_request = 送信が遅い
refusals-reason-not_ready = ゲートウェイの準備中
