# レイアウトと部品の文言
skip-to-content = 本文へ移動
main-navigation = メイン
sections = セクション
menu = メニュー
account-menu = アカウント
sign-out = サインアウト
language = 言語
breadcrumbs = 現在位置
pagination = ページ
previous-page = 前へ
next-page = 次へ
page-of = { $pages } ページ中 { $page } ページ
optional = 任意
copy = コピー
copied = コピーしました
error-prefix = エラー:
form-problem-title = { $count } 件の項目を修正してください
notice-success = 完了
notice-info = お知らせ
notice-warning = 注意
notice-error = エラー

# ステータス
problem-400 = リクエストを解釈できませんでした
problem-400-next = 前のページに戻り、入力内容を確認してもう一度お試しください。
problem-401 = サインアウトしています
problem-401-next = セッションが終了しました。もう一度サインインしてから、操作をやり直してください。
problem-403 = このページを開く権限がありません
problem-403-next = お使いのアカウントではアクセスできません。別のアカウントでサインインするか、サイトの運営チームにお問い合わせください。
problem-404 = ページが見つかりません
problem-404-next = アドレスが間違っているか、ページが移動または削除された可能性があります。
problem-405 = この方法ではアクセスできません
problem-405-next = 元のページに戻り、ページ内のボタンから操作してください。
problem-413 = 送信された内容が大きすぎます
problem-413-next = 内容を短くして、もう一度送信してください。
problem-429 = リクエストが多すぎます
problem-429-next = しばらく待ってから、もう一度お試しください。
problem-500 = サーバー側で問題が発生しました
problem-500-next = もう一度お試しください。繰り返し発生する場合は、下のリクエスト ID を添えてお知らせください。
problem-503 = 現在サービスを利用できません
problem-503-next = 1 分ほど待ってから、もう一度お試しください。
problem-status = エラー { $status }
request-id = リクエスト ID
go-home = トップページへ

# CSRF
form-expired = このフォームは無効になりました
form-expired-next = 開いてから時間が経ちすぎたか、Cookie を受け付けないブラウザーです。前のページに戻って再読み込みし、もう一度送信してください。

# ロール
may-not-change = 閲覧はできますが、変更はできません
may-not-change-next = この変更を許可するロールがありません。必要なロールの割り当て、または変更の代行を、チームのオーナーに依頼してください。
no-role = このページを開く権限がありません
no-role-next = このページを許可するロールがありません。必要なロールの割り当てをチームのオーナーに依頼してください。割り当て済みのロールは「マイトークン」で確認できます。
owners-only = オーナーだけが行える操作です
owners-only-next = チームのアカウントはオーナーが変更します。オーナーに依頼してください。

# 一覧
search = 検索
apply = 適用
show-all = すべて表示
sort-ascending = 昇順で並べ替え
sort-descending = 降順で並べ替え
any = すべて
list-count = { $count } 件
shown-once-title = 今すぐコピーしてください
shown-once-lead = この値が表示されるのは一度だけです。ページを離れると、二度と表示できません。
never = なし
too-many-attempts = 試行回数が多すぎます。{ $seconds } 秒後にもう一度お試しください。

# Charts, and pages that look again by themselves
chart-as-table = 表で表示
refresh-pause = 一時停止
refresh-go-on = 再開
undo = 元に戻す
