# コンソールの Actions

actions-title = Actions
actions-lead = テナントのフローの各所で動く、独自のコードです。
actions-library = ライブラリ
actions-triggers = トリガー
actions-executions = 実行
actions-new = Action を作成
actions-new-lead = トリガーのテンプレートから始まります。デプロイしてトリガーに追加するまでは何も起こりません。
actions-create = 作成
actions-none = Action はまだありません
actions-none-next = 数行の JavaScript で、トークンの拒否、クレームの追加、サインアップの確認、アプリケーション名の変更ができます。
actions-refused = 実行できません

field-name = 名前
field-trigger = トリガー
field-state = 状態
field-changed = 更新日時
field-code = コード
field-dependencies = パッケージ
field-event = イベント
field-secret-name = 新しいシークレット
field-secret-value = 値
field-version = バージョン
field-deployed = デプロイ日時
field-action = Action
field-time = 日時
field-actions = Actions
field-took = 所要時間
field-execution = 実行 ID
field-client = クライアント
field-user = ユーザー

cancel = キャンセル
saved = 下書きを保存しました。
deployed = バージョン { $number } をデプロイしました。
deleted = { $name } を削除しました。
bound = この Action は今後このトリガーで実行されます。
unbound = この Action は今後このトリガーで実行されません。
reordered = 順序を変更しました。

state-draft = 下書き
state-building = ビルド中
state-failed = ビルド失敗
state-changed = デプロイ済み（変更あり）
state-deployed = デプロイ済み
state-bound = 使用中
state-runs = 現在稼働中

trigger-post-login = Login / Post Login
trigger-post-login-hint = ユーザーのサインイン後、およびリフレッシュトークンの交換時。
trigger-credentials-exchange = Machine to Machine
trigger-credentials-exchange-hint = クライアント自身のアクセストークンが発行される前。
trigger-pre-user-registration = Pre User Registration
trigger-pre-user-registration-hint = アカウントが作成される前。
trigger-post-user-registration = Post User Registration
trigger-post-user-registration-hint = アカウントが作成された後。応答を待たせません。
trigger-client-registration = Client Registration
trigger-client-registration-hint = クライアントが保存される前。自己登録でも Management API でも実行されます。
trigger-count = { $count ->
    [0] ここでは何も実行されません。
   *[other] { $count } 個の Action が実行されます。
}

invalid-name = 300 文字以内の名前を入力してください。
invalid-name-long = 300 文字以内の名前にしてください。
invalid-name-taken = 同じ名前の Action があります。別の名前にしてください。
invalid-trigger = トリガーを選択してください。
invalid-code = コードは { $limit } バイト以内です。
invalid-dependencies = パッケージは 1 行に 1 つ、10 個までです。
invalid-event = イベントは JSON オブジェクトでなければなりません。

code-hint = JavaScript。Tab で字下げします。Escape を押した後の Tab でエディターを離れます。
building-lead = 下書きをビルドしています。少し待ってからページを再読み込みしてください。
save-draft = 下書きを保存
test = 保存してテスト
deploy = 保存してデプロイ
fault-line = { $line } 行目:
fault-stack = スタックトレース
settings-title = 設定
dependencies-hint = npm パッケージを 1 行に 1 つ: axios または axios@1.7.0
secrets-title = シークレット
secrets-hint = event.secrets.名前 で読み取れます。値は封印され、再び表示されることはありません。
secret-kept = 変更なし
secret-remove = { $name } を削除

event-title = テストイベント
event-hint = JSON。コードのリクエストは実際に送信されます。api への要求は表示されるだけです。
trial-title = テスト結果
trial-succeeded = Action は正常に終了しました。
trial-failed = Action は失敗しました。
trial-took = { $time } ミリ秒、メモリ { $memory } KB。
trial-console = コンソール
trial-console-empty = コンソールへの出力はありません。
trial-commands = api の呼び出し
trial-commands-empty = なし。

versions-title = バージョン
versions-lead = デプロイの履歴です。新しい順に並びます。
versions-none = まだデプロイされていません。
version-number = バージョン { $number }
diff-title = このバージョンと下書きの差分
diff-hint = マイナスの行はこのバージョンだけ、プラスの行は下書きだけにあります。
diff-none = 下書きはこのバージョンと同じです。
roll-back = このバージョンを再デプロイ
roll-back-lead = 最新バージョンとしてデプロイされ、下書きも同じ内容になります。

delete-title = { $name } を削除しますか?
delete-lead = Action、下書き、バージョン、シークレットが失われます。実行履歴は残ります。
delete-bound = トリガー { $trigger } で実行されています。削除後はこの Action なしで動作します。
delete-button = Action を削除

triggers-lead = Action が動く場所です。各トリガーは自身の Action を順に実行します。
flow-title = 実行される Action（順番）
flow-empty = ここでは何も実行されません。
bind-title = Action を追加
bind-none = このトリガー用のデプロイ済み Action は他にありません。
bind = 追加
move-up = { $name } を上へ
move-down = { $name } を下へ
unbind = { $name } を外す

executions-lead = 過去 10 日間の実行結果です。
executions-none = 実行はありません
executions-none-next = トリガーに追加された Action が実行されると、ここに表示されます。
executions-failed = 失敗のみ
executions-all = すべての実行
ending-final = 完了
ending-failed = 失敗
ending-suspended = ユーザーを転送中
took = { $time } ミリ秒
memory = { $memory } KB
