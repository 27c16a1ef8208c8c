# The tenant's pages: signing in, accounts, consent, devices.

# Fields
field-email = Email address
field-username = Username
field-identifier = Email address or username
field-password = Password
field-password-new = New password
field-password-again = Password, once more
field-connection = Account directory
field-user-code = Code

# Signing in
sign-in-title = Sign in
sign-in-lead = to go on to { $application }
sign-in-lead-device = to connect a device
sign-in-button = Continue
sign-in-forgotten = Forgot your password?
sign-in-no-account = New here?
sign-in-create = Create an account
sign-in-wrong = The name or the password is wrong. Check both and try again.
sign-in-wrong-email = The email address or the password is wrong. Check both and try again.
sign-in-blocked = This account is closed. Ask the people who run this site if you think that this is a mistake.
sign-in-too-many = Too many attempts. Wait a while before you try again, or set a new password.
sign-in-nowhere-title = You cannot sign in to this application
sign-in-nowhere = No account directory is open to { $application } yet. Its makers, or the people who run this site, have to open one.

# Signing up
sign-up-title = Create your account
sign-up-lead = to go on to { $application }
sign-up-email-hint = We may send a message to this address to confirm that it is yours.
sign-up-username-hint = { $min } to { $max } characters: letters, digits, and + _ - . @
sign-up-button = Create account
sign-up-have-account = Already have an account?
sign-up-to-sign-in = Sign in
sign-up-failed = No account could be made with this. If you have one already, sign in or set a new password.
sign-up-exists = This email address has an account already. Sign in, or set a new password.
sign-up-too-many = Too many accounts were created from your network. Try again in a few minutes.
sign-up-closed = Nobody can create an account here. Ask the people who run this site for one.
missing-email = Enter your email address.
missing-username = Choose a username.
missing-login = Enter your email address or username.
missing-password = Enter a password.
invalid-email = Enter an email address, like name@example.com.
invalid-username = Use { $min } to { $max } letters, digits, and + _ - . @
password-rule-length = At least { $length } characters.
password-rule-hint-long = A few words that only you would put together work well.
password-rule-classes = Use lower-case and upper-case letters, digits, and a special character.
password-too-long = Use at most { $length } characters.
password-too-uniform = Use at least { $needed } of these: a lower-case letter, an upper-case letter, a digit, a special character.
password-repetitive = Do not repeat a character more than twice in a row.
password-too-common = Many people use this password. Choose another one.
password-has-user-info = This password holds your name or address. Choose another one.
password-mismatch = The two passwords are not the same. Enter the same one twice.

# Passwords
forgotten-title = Forgot your password?
forgotten-lead = Enter your email address and we send you a link to set a new one.
forgotten-button = Send the link
reset-title = Choose a new password
reset-lead = For { $email }
reset-button = Save password
reset-done-title = Your password is changed
reset-done = Sign in with the new one from now on. Everywhere else you were signed out.
back-to-sign-in = Back to sign in
go-to-application = Go to { $application }

# Mail
check-mail-title = Check your mail
check-mail-reset = If there is an account for this address, a message with a link to set a new password is on its way.
check-mail-verify = We have sent you a message. Open the link in it to confirm your email address, then sign in.
check-mail-nothing = Nothing arrived after a few minutes? Look in the spam folder, or start again.
check-mail-again = Start again
verify-title = Confirm your email address
verify-lead = One click confirms that this address is yours.
verify-button = Confirm my address
verified-title = Your address is confirmed
verified = Thank you. You can close this page, or sign in where you came from.
dead-link-title = This link does not work any more
dead-link-reset = It was used before or has expired. Ask for a new one.
dead-link-verify = It was used before or has expired. Sign in: if your address is still to be confirmed, you will be told how.
dead-link-again = Ask for a new link

# Consent
consent-title = { $application } asks for access
consent-signed-in = Signed in as { $user }.
consent-other-account = Use another account
consent-about = About { $application }
consent-by-tenant = Set up by { $tenant }
consent-by-itself = Registered by itself: { $tenant } has not checked who it is
consent-by-document = Described at { $host }: { $tenant } has not checked who it is
consent-first-party = Belongs to { $tenant }
consent-goes-to = Afterwards you go to
consent-goes-to-device = Afterwards you go to a program on this device
consent-device-warning = Any program on this device could be behind this name. Go on only if you started it yourself just now.
consent-profile-title = About you
consent-api-title = { $api }
consent-nothing = It asks to know that you are signed in here, and for nothing else.
consent-scope-openid = Know who you are here
consent-scope-profile = See your name, nickname and picture
consent-scope-email = See your email address
consent-scope-address = See your postal address
consent-scope-phone = See your phone number
consent-scope-offline_access = Keep this access while you are away
consent-allow = Allow
consent-deny = Do not allow
consent-policy = Privacy policy
consent-terms = Terms of service
consent-website = Website
consent-revoke = You can take this back later.

# Devices
device-title = Connect a device
device-lead = Enter the code that your device shows.
device-code-hint = Eight letters, like BCDF-GHJK. Upper or lower case does not matter.
device-button = Continue
device-wrong = This code is not valid any more, or was mistyped. Check it, or ask your device for a new one.
device-confirm-title = Is this your device?
device-confirm-lead = { $application } on your device shows this code. If your device shows another one, or you did not start this, do not allow it.
device-done-title = Your device is connected
device-done = Go back to it; you can close this page.
device-denied-title = The device was not connected
device-denied = You can close this page. If you did not start this yourself, nothing has happened.

# Signing out
sign-out-title = Do you want to sign out?
sign-out-lead = You will be signed out of { $tenant } on this device.
sign-out-button = Sign out
sign-out-stay = Stay signed in
signed-out-title = You are signed out
signed-out = You can close this page.

# What went wrong
support = Help
problem-details = For the makers of the application
problem-code = Error
problem-reason = Reason
problem-unknown-client-title = This application is not known here
problem-unknown-client = The link that brought you here names an application that { $tenant } does not know. Go back to the application and start again; if it happens again, tell its makers.
problem-pruned-client-title = This application has to register again
problem-pruned-client = The application that sent you here was not used for a long time, and { $tenant } has forgotten it. Nothing of yours is lost: go back to the application and connect again, or remove the connection there and add it anew.
problem-bad-redirect-title = You cannot be sent back to this application
problem-bad-redirect = The application asks to send you to an address that it has not registered, so we stopped here to protect your account. Go back and start again; if it happens again, tell the application’s makers.
problem-bad-request-title = This request cannot be answered
problem-bad-request = The application asked for something that is not possible here. Go back and start again; if it happens again, tell the application’s makers.
problem-expired-title = This page has expired
problem-expired = It was open too long, was used already, or belongs to another browser. Go back to the application and start again.
problem-denied-title = You have no access
problem-denied = The people who run this site, or the application, do not let this account in.
problem-server-title = Something went wrong on our side
problem-server = Go back to the application and start again. If it happens again, tell us the request id below.
