# The console's pages about teams of developers.
name = 名前
description = 説明
status = 状態
created = 作成日時
create = 作成
save = 保存
saved = 保存しました。
cancel = キャンセル
removed = { $name } を削除しました。
danger-zone = 削除
for-a-day = 1 日以内なら元に戻せます。
choose = 選択
choose-one = { $name } を選択
none-chosen = 先に 1 件以上選択してください。

teams-title = チーム
teams-search = 名前または説明で検索
teams-none = チームがありません
teams-none-next = チームの開発者は同じことができます。チームを作成するか、別の条件で検索してください。
teams-new = 新しいチーム
teams-new-lead = 次に、開発者と、API ごとに許可する操作を決めます。
teams-made = チームを作成しました。開発者を選択してください。
teams-rbac-on = 開発者には、所属するチームにロールがある API だけが表示されます。
teams-rbac-off = ロールはまだ効力がありません。このポータルの開発者全員にすべての API が表示されます。先にロールを割り当ててから、ロールベースのアクセスを有効にしてください。
teams-rbac-public = このポータルは公開されています。誰でもすべてを閲覧でき、開発者はいません。
teams-rbac-settings = ポータルの設定
teams-applications = アプリケーション
teams-settings = 設定
teams-own = アプリケーション
teams-own-on = チームがアプリケーションを所有できる
teams-own-on-hint = 開発者はアプリケーションをチームと共有できます。共有すると、チームの開発者は誰でも、変更、登録、認証情報のローテーション、削除ができます。
invalid-name-taken = このポータルには同じ名前のチームがあります。
invalid-name-min_length = 名前を入力してください。

# Developers
teams-members = 開発者
teams-members-search = 名前またはメールアドレスで検索
teams-members-none = 開発者がいません
teams-members-none-next = 開発者を追加するか、別の条件で検索してください。
teams-add = 開発者を追加
teams-add-title = { $name } に開発者を追加
teams-add-lead = チームのロールで許可されたことが、すぐにできるようになります。
teams-add-search = 名前またはメールアドレスで検索
teams-add-none = 追加できる開発者がいません
teams-add-none-next = ポータルの開発者は全員チームに所属しているか、検索に一致する開発者がいません。
teams-add-button = 選択した開発者を追加
teams-added = { $count } 人の開発者をチームに追加しました。
teams-remove = 外す
teams-remove-title = { $name } を { $team } から外しますか
teams-remove-lead = チームのロールで許可されたことができなくなり、チームのアプリケーションにもアクセスできなくなります。アカウントは残ります。
teams-removed = { $name } をチームから外しました。
teams-registrations-stay = 既存の登録はそのまま有効です。取り消すまで、ゲートウェイはそのアプリケーションを受け入れます。

# Roles
teams-roles = ロール
teams-roles-search = API を名前で検索
teams-roles-none = API がありません
teams-roles-none-next = API プロダクトをこのポータルに公開するか、別の条件で検索してください。
teams-roles-save = ロールを保存
teams-roles-saved =
    { $count ->
        [0] 変更はありません。
       *[other] { $count } 件のロールを変更しました。
    }
teams-api = API
teams-role = ロール
teams-role-for = { $api } のロール
teams-role-none = なし
teams-role-viewer = API Viewer：閲覧
teams-role-consumer = API Consumer：閲覧と登録

# Removal
teams-delete = このチームを削除
teams-delete-hint = 開発者のアカウントは残りますが、チームのロールで許可されたことはできなくなります。
teams-delete-title = { $name } を削除しますか
teams-delete-lead = 次のものが失われます。
teams-delete-members = 開発者 { $count } 人の所属（アカウントは残ります）
teams-delete-roles = ロール { $count } 件
teams-delete-applications = アプリケーション { $count } 件の所有（それぞれの開発者に戻ります）
teams-delete-nothing = ほかに影響はありません
