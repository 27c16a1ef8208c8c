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
