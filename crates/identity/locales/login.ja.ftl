# テナントのページ: サインイン、アカウント、同意、デバイス

# 入力欄
field-email = メールアドレス
field-username = ユーザー名
field-identifier = メールアドレスまたはユーザー名
field-password = パスワード
field-password-new = 新しいパスワード
field-password-again = パスワード(確認)
field-connection = アカウントの種類
field-user-code = コード

# サインイン
sign-in-title = サインイン
sign-in-lead = { $application } に進みます
sign-in-lead-device = デバイスを接続します
sign-in-button = 続ける
sign-in-forgotten = パスワードをお忘れですか?
sign-in-no-account = はじめての方は
sign-in-create = アカウントを作成
sign-in-wrong = ユーザー名またはパスワードが違います。両方を確認して、もう一度お試しください。
sign-in-wrong-email = メールアドレスまたはパスワードが違います。両方を確認して、もう一度お試しください。
sign-in-blocked = このアカウントは利用できません。お心当たりがない場合は、このサイトの運営者にお問い合わせください。
sign-in-too-many = 試行回数が多すぎます。しばらく待ってからもう一度お試しいただくか、新しいパスワードを設定してください。
sign-in-nowhere-title = このアプリケーションにはサインインできません
sign-in-nowhere = { $application } で使えるアカウントがまだありません。アプリケーションの開発者またはこのサイトの運営者による設定が必要です。

# 登録
sign-up-title = アカウントを作成
sign-up-lead = { $application } に進みます
sign-up-email-hint = ご本人のアドレスであることを確認するメールをお送りする場合があります。
sign-up-username-hint = { $min }〜{ $max } 文字。英数字と + _ - . @ が使えます
sign-up-button = アカウントを作成
sign-up-have-account = すでにアカウントをお持ちですか?
sign-up-to-sign-in = サインイン
sign-up-failed = この内容ではアカウントを作成できませんでした。すでにお持ちの場合は、サインインするか、新しいパスワードを設定してください。
sign-up-exists = このメールアドレスのアカウントはすでにあります。サインインするか、新しいパスワードを設定してください。
sign-up-too-many = お使いのネットワークから作成されたアカウントが多すぎます。数分後にもう一度お試しください。
sign-up-closed = ここではアカウントを作成できません。このサイトの運営者にご依頼ください。
missing-email = メールアドレスを入力してください。
missing-username = ユーザー名を入力してください。
missing-login = メールアドレスまたはユーザー名を入力してください。
missing-password = パスワードを入力してください。
invalid-email = name@example.com のようなメールアドレスを入力してください。
invalid-username = { $min }〜{ $max } 文字の英数字と + _ - . @ で入力してください。
password-rule-length = { $length } 文字以上で入力してください。
password-rule-hint-long = 自分だけが思いつく単語の組み合わせがおすすめです。
password-rule-classes = 小文字、大文字、数字、記号を組み合わせてください。
password-too-long = { $length } 文字以内で入力してください。
password-too-uniform = 小文字、大文字、数字、記号のうち { $needed } 種類以上を使ってください。
password-repetitive = 同じ文字を 3 回以上続けないでください。
password-too-common = 多くの人が使っているパスワードです。別のものを選んでください。
password-has-user-info = お名前やアドレスが含まれています。別のものを選んでください。
password-mismatch = 2 つのパスワードが一致しません。同じものを 2 回入力してください。

# パスワード
forgotten-title = パスワードをお忘れですか?
forgotten-lead = メールアドレスを入力してください。新しいパスワードを設定するリンクをお送りします。
forgotten-button = リンクを送信
reset-title = 新しいパスワードを設定
reset-lead = { $email } のパスワード
reset-button = パスワードを保存
reset-done-title = パスワードを変更しました
reset-done = 今後は新しいパスワードでサインインしてください。ほかの場所ではサインアウトされました。
back-to-sign-in = サインインに戻る
go-to-application = { $application } へ

# メール
check-mail-title = メールをご確認ください
check-mail-reset = このアドレスのアカウントがある場合、新しいパスワードを設定するリンクをメールでお送りします。
check-mail-verify = メールをお送りしました。メール内のリンクを開いてアドレスを確認してから、サインインしてください。
check-mail-nothing = 数分待っても届かないときは、迷惑メールフォルダーをご確認いただくか、もう一度やり直してください。
check-mail-again = やり直す
verify-title = メールアドレスの確認
verify-lead = ボタンを押すと、ご本人のアドレスであることが確認されます。
verify-button = アドレスを確認する
verified-title = メールアドレスを確認しました
verified = ありがとうございます。このページを閉じるか、元の場所でサインインしてください。
dead-link-title = このリンクは無効です
dead-link-reset = すでに使われたか、有効期限が切れています。新しいリンクをお求めください。
dead-link-verify = すでに使われたか、有効期限が切れています。サインインしてください。確認がまだの場合は、そこでご案内します。
dead-link-again = 新しいリンクを求める

# 同意
consent-title = { $application } がアクセスを求めています
consent-signed-in = { $user } としてサインインしています。
consent-other-account = 別のアカウントを使う
consent-about = { $application } について
consent-by-tenant = { $tenant } が設定したアプリケーション
consent-by-itself = 自己登録されたアプリケーション: { $tenant } は身元を確認していません
consent-by-document = { $host } で公開されているアプリケーション: { $tenant } は身元を確認していません
consent-first-party = { $tenant } のアプリケーション
consent-goes-to = このあとの移動先
consent-goes-to-device = このあと、このデバイス上のプログラムに移動します
consent-device-warning = このデバイス上のどのプログラムもこの名前を名乗れます。たった今ご自身で開始した場合にだけ進んでください。
consent-profile-title = あなたの情報
consent-api-title = { $api }
consent-nothing = ここにサインインしていることだけを求めています。
consent-scope-openid = あなたが誰であるかを知る
consent-scope-profile = 名前、ニックネーム、画像を見る
consent-scope-email = メールアドレスを見る
consent-scope-address = 住所を見る
consent-scope-phone = 電話番号を見る
consent-scope-offline_access = あなたがいない間もアクセスを続ける
consent-allow = 許可する
consent-deny = 許可しない
consent-policy = プライバシーポリシー
consent-terms = 利用規約
consent-website = ウェブサイト
consent-revoke = この許可はあとで取り消せます。

# デバイス
device-title = デバイスを接続
device-lead = デバイスに表示されているコードを入力してください。
device-code-hint = BCDF-GHJK のような 8 文字です。大文字と小文字は区別しません。
device-button = 続ける
device-wrong = コードが無効か、入力が間違っています。ご確認のうえ、必要ならデバイスで新しいコードを表示してください。
device-confirm-title = これはあなたのデバイスですか?
device-confirm-lead = デバイス上の { $application } に、このコードが表示されているはずです。違うコードが表示されている場合や、ご自身で始めていない場合は、許可しないでください。
device-done-title = デバイスを接続しました
device-done = デバイスに戻ってください。このページは閉じてかまいません。
device-denied-title = デバイスは接続されませんでした
device-denied = このページは閉じてかまいません。ご自身で始めていない場合も、何も起きていません。

# サインアウト
sign-out-title = サインアウトしますか?
sign-out-lead = このデバイスで { $tenant } からサインアウトします。
sign-out-button = サインアウト
sign-out-stay = サインインしたままにする
signed-out-title = サインアウトしました
signed-out = このページは閉じてかまいません。

# 問題
support = ヘルプ
problem-details = アプリケーションの開発者の方へ
problem-code = エラー
problem-reason = 理由
problem-unknown-client-title = このアプリケーションは登録されていません
problem-unknown-client = 開いたリンクのアプリケーションは { $tenant } に登録されていません。アプリケーションに戻ってやり直してください。繰り返し発生する場合は、開発者にお知らせください。
problem-pruned-client-title = このアプリケーションは再登録が必要です
problem-pruned-client = このアプリケーションは長い間使われなかったため、{ $tenant } の登録から外れました。お客様の情報は失われていません。アプリケーションに戻って接続し直すか、接続をいったん削除してから追加し直してください。
problem-bad-redirect-title = このアプリケーションには戻れません
problem-bad-redirect = アプリケーションが、登録していないアドレスへの移動を求めました。アカウントを守るため、ここで中止しました。戻ってやり直してください。繰り返し発生する場合は、アプリケーションの開発者にお知らせください。
problem-bad-request-title = このリクエストにはお応えできません
problem-bad-request = アプリケーションが、ここではできないことを求めました。戻ってやり直してください。繰り返し発生する場合は、アプリケーションの開発者にお知らせください。
problem-expired-title = このページの有効期限が切れました
problem-expired = 開いてから時間が経ちすぎたか、すでに使われたか、別のブラウザーで開かれたページです。アプリケーションに戻ってやり直してください。
problem-denied-title = アクセスできません
problem-denied = このサイトの運営者またはアプリケーションが、このアカウントの利用を認めていません。
problem-server-title = サーバー側で問題が発生しました
problem-server = アプリケーションに戻ってやり直してください。繰り返し発生する場合は、下のリクエスト ID を添えてお知らせください。
