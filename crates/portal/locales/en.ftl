# The developer portal's pages.

## Frame
nav-catalogue = APIs
nav-apps = My Apps
nav-sign-in = Sign in
nav-sign-up = Sign up

## Catalogue
catalogue-title = APIs
catalogue-lead = Read the documentation, try the calls, and get credentials for your application.
catalogue-search-label = Search APIs
catalogue-search = Search
catalogue-found =
    { $count ->
        [0] Nothing found for “{ $query }”
        [one] One API found for “{ $query }”
       *[other] { $count } APIs found for “{ $query }”
    }
catalogue-show-all = Show all APIs
catalogue-empty-title = No APIs yet
catalogue-empty-next = As soon as an API is published to this portal, it appears here.
catalogue-denied-title = No APIs for you yet
catalogue-denied-next = Here your teams decide which APIs you see. Ask the owner of this portal to give you access.
catalogue-nothing-title = Nothing matches “{ $query }”
catalogue-nothing-next = Check the spelling or search for another word.
product-versions-count =
    { $count ->
        [one] 1 version
       *[other] { $count } versions
    }

## API product
product-overview = Overview
product-reference = API reference
product-documents = Documents
product-versions = Versions
product-version = Version
product-version-latest = Latest
product-version-deprecated = Deprecated
product-no-description = The team has not described this API yet.
product-no-versions-title = No version is published
product-no-versions-next = There is nothing to register for yet. Look again later.
product-access = Access
product-access-open = Registration is open
product-access-review = Registrations are reviewed by the API team
product-access-closed = Registration is closed for this version
product-access-denied = You may read it, but not register
product-register = Register an application
product-read-reference = Open the reference
product-base-url = Base URL
product-how-to-sign = Authentication
deprecated-notice = This version is deprecated: it still works, but plan to move to a newer one.
credential-key_auth = API key
credential-client_credentials = OAuth client credentials
credential-self_managed_client_credentials = Your own OAuth client
reference-download = OpenAPI document
reference-overview = Overview
reference-operations = Operations
reference-filter = Filter operations
reference-filter-none = No operation fits.
reference-found =
    { $count ->
        [0] Nothing found for “{ $query }”.
        [one] One operation found for “{ $query }”.
       *[other] { $count } operations found for “{ $query }”.
    }
reference-show-all = Show all operations
reference-untagged = Other operations
reference-none = No operations yet
reference-none-next = The OpenAPI document of this version describes none.
reference-version = Document { $version }
reference-contact = Contact
reference-licence = Licence
reference-terms = Terms of service
reference-more = More
reference-webhook = Webhook
reference-schema = Schema
reference-schemas = Schemas
reference-schemas-show = Show all schemas
reference-broken = The OpenAPI document refers to “{ $reference }” here, which is not in it.
reference-limit = There is more than a page holds. The OpenAPI document has all of it.
reference-scopes = Scopes:
reference-auth-any = Each of these is enough.
reference-auth-basic = Client ID and secret
reference-auth-basic-how = Send both with every request, by HTTP Basic. The gateway exchanges them for a token.
reference-auth-bearer = Access token
reference-auth-bearer-how = Get an access token for your application from the identity provider and send it with every request.
reference-auth-key = API key
reference-auth-key-how = Send an API key of your application with every request, in this header.
reference-auth-register = You need an application that is registered for this version.
reference-parameters = Parameters
reference-in-path = In the path
reference-in-query = In the query
reference-in-header = In headers
reference-in-cookie = In cookies
reference-body = Request body
reference-responses = Responses
reference-headers = Headers
reference-links = Leads to
reference-callbacks = Calls in return
reference-callbacks-lead = The API makes these calls to an address of yours.
reference-no-body = Without content.
reference-required = required
reference-nullable = or null
reference-read-only = Read only
reference-write-only = Write only
reference-anything = any value
reference-enum = one of the values
reference-map = map
reference-array-of = list of
reference-array-of-end = { "" }
reference-one-of = one of the alternatives
reference-any-of = any of the alternatives
reference-alternatives = Alternatives
reference-alternative = Alternative { $number }
reference-discriminator = told apart by
reference-inside = Inside of { $name }
reference-items = Entries
reference-properties = Properties
reference-any-name = any other name
reference-pattern-name = every name of this pattern
reference-closed = It has no other properties.
reference-recursive = This is the same again:
reference-recursive-above = This is the same again as above.
reference-continues = It goes on here:
reference-default = Default:
reference-example-is = Example:
reference-always = Always:
reference-values = One of:
reference-values-more =
    { $count ->
        [one] and one more
       *[other] and { $count } more
    }
reference-rule-min = At least:
reference-rule-max = At most:
reference-rule-above = More than:
reference-rule-below = Less than:
reference-rule-multiple = Multiple of:
reference-rule-min-length = Characters, at least:
reference-rule-max-length = Characters, at most:
reference-rule-min-items = Entries, at least:
reference-rule-max-items = Entries, at most:
reference-rule-min-properties = Properties, at least:
reference-rule-max-properties = Properties, at most:
reference-rule-pattern = Pattern:
reference-rule-encoding = Encoding:
reference-rule-media-type = Content:
reference-rule-unique = No entry twice
reference-sample = Request
reference-answers = Response examples
reference-example = Example
reference-cut = Cut here; the OpenAPI document has all of it.
reference-neighbours = Operations before and after
reference-before = Before
reference-after = Next
reference-try = Try it
reference-try-lead = The request goes to the gateway with what you enter here, and counts as one of your application. Nothing that you enter is kept.
reference-try-needs-script = Trying from this page needs JavaScript. Without it, copy the curl command above and put your credentials in.
reference-try-nowhere = The gateway does not serve this version yet.
reference-try-credentials = Credentials of your application
reference-try-own = You find them, or make new ones, under
reference-try-array = Several values with commas between them.
reference-try-object = A JSON object.
reference-try-type = Type of the body
reference-try-send = Send the request
reference-try-answer = Response
reference-try-missing = Fill in what is required:
reference-try-failed = The request did not get through. Check the connection and try again.
reference-try-signed-out = You are signed out. Sign in again in another window, then send once more.
reference-try-binary = Content that cannot be shown here, bytes:
reference-try-cut = Cut here; this is the beginning.

## Signing up
sign-up-title = Create your account
sign-up-lead = One account for all APIs on this portal.
sign-up-full-name = Full name
sign-up-email = Email address
sign-up-email-hint = We send a link to this address to confirm that it is yours.
sign-up-button = Create account
sign-up-have-account = Already have an account?
check-mail-title = Check your mail
check-mail-lead = We have sent you a message. Open the link in it to confirm your email address and set your password.
check-mail-lead-reset = If there is an account for this address, a message with a link to set a new password is on its way.
check-mail-nothing = Nothing arrived after a few minutes? Look in the spam folder, or start again.
check-mail-again = Start again
check-mail-to-sign-in = Back to sign in
verify-title = Confirm your email address
verify-lead = You are confirming { $email } for your account.
verify-lead-unknown = You are confirming the email address of your account.
verify-button = Confirm and choose a password
verify-failed-title = This link does not work any more
verify-failed-next = It was used before or has expired. Ask for a new one with “Forgot your password?”.

## Signing in
sign-in-title = Sign in
sign-in-email = Email address
sign-in-password = Password
sign-in-button = Sign in
sign-in-forgotten = Forgot your password?
sign-in-no-account = New here?
sign-in-create = Create an account
sign-in-refused = The email address or the password is wrong. Check both and try again.
sign-in-pending = Your account is waiting for the API team’s approval. You can sign in as soon as they have approved it; they have your request.
sign-in-rejected = The API team did not approve your account. Ask them if you think that this is a mistake.
sign-in-revoked = Your account was closed by the API team. Ask them if you think that this is a mistake.
sign-in-unverified = Confirm your email address first: open the link in the message we sent you.
sign-in-first = Sign in to go on.
signed-out = You are signed out.
sign-in-or = or
sso-button = Continue with single sign-on
sso-first = Your first sign-in makes your account.
sso-pending = Your account is waiting for the API team’s approval. You can sign in as soon as they have approved it; they have your request.
sso-rejected = The API team did not approve your account. Ask them if you think that this is a mistake.
sso-revoked = Your account was closed by the API team. Ask them if you think that this is a mistake.
sso-expired = This sign-in was not begun in this browser, or it took too long. Start again.
sso-declined = You left the sign-in page of your organisation. Start again when you are ready.
sso-off = Single sign-on is not available here any more.
sso-provider = Your organisation’s sign-in service did not answer as it should. Try again in a moment; if it goes on, tell the API team.
sso-no-address = Your organisation’s sign-in service gave us no email address. Ask the API team to have it sent.
sso-not-verified = There is an account with your email address, and your organisation’s sign-in service does not say that the address is verified. Sign in with your password, or verify the address there and start again.
sso-taken = Your email address belongs to another user’s account. Ask the API team.
sso-limited = Too many attempts. Try again in a minute.
sso-failed = This did not work. Try again; if it goes on, tell the API team.
sign-up-closed-title = This portal has no accounts
sign-up-closed-next = Everything here can be read without signing in.

## Passwords
forgotten-title = Forgot your password?
forgotten-lead = Enter your email address and we send you a link to set a new one.
forgotten-button = Send the link
password-title = Choose a password
password-title-new = Choose a new password
password-new = Password
password-hint = At least 12 characters. A few words that only you would put together work well.
password-again = Password, once more
password-button = Save password
password-saved = Your password is saved. Sign in with it.
password-failed-title = This link does not work any more
password-failed-next = It was used before or has expired. Ask for a new one.
password-ask-again = Ask for a new link

## Applications
apps-title = My Apps
apps-lead = An application has its own credentials and can be registered for any number of APIs.
apps-new = New App
apps-empty-title = No applications yet
apps-empty-next = Create one to get credentials, then register it for the APIs it calls.
apps-search = Search by name
apps-none-title = No application fits
apps-none-next = Search for something else.
apps-leaving = Being removed:
apps-leaving-text = The credentials no longer work. The client at the identity provider is removed as soon as the provider lets it be; there is nothing to do.
apps-name = Name
apps-strategy = Authentication
apps-registrations = APIs
apps-created = Created
app-new-title = New App
app-new-lead = You get its credentials right away, on the next page.
app-name = Name
app-name-hint = Shown to you and to the API team.
app-description = Description
app-strategy = How the application signs in
app-strategy-hint-client_credentials = You get a client id and a secret (OAuth 2.0 client credentials).
app-strategy-hint-self_managed_client_credentials = You already have a client at the identity provider and enter its id.
app-strategy-hint-key_auth = You make API keys for it.
app-redirect-uri = Redirect URI
app-redirect-uri-hint = Only for applications in which people sign in: where the identity provider sends them back to, such as https://app.example.com/callback.
app-reference-id = Client id or reference
app-reference-id-hint = The id of your client at the identity provider. For API keys: any name that is yours alone.
app-scopes = Scopes
app-scopes-granted = Granted scopes
app-scopes-granted-hint = The identity provider grants these to the application’s client.
app-scopes-hint = What the application may ask for. Take what it needs.
app-create = Create
app-cancel = Cancel
app-no-strategies-title = Applications cannot be created here yet
app-no-strategies-next = The API team has not published an API that applications can register for. Look again later.
app-credentials = Credentials
app-client-id = Client ID
app-client-secret = Client secret
app-secret-hidden = Shown only when it was made. Lost it? Make a new one.
app-created-at = Created
app-updated-at = Changed
app-details = Details
app-edit = Edit
app-edit-title = Edit { $name }
app-save = Save
app-saved = The application is saved.

secret-title = { $name } is ready
secret-title-rotated = The new client secret of { $name }
secret-lead = Copy the client secret now and keep it like a password. It is shown only this once.
secret-lead-succeeded = Copy both now and keep the secret like a password: it is shown only this once.
secret-lead-rotated = Copy it now and keep it like a password: it is shown only this once. The old secret does not work any more.
secret-curl = Try it
secret-curl-lead = The gateway exchanges these credentials for a token. A call works as soon as the application is registered for the API.
secret-proceed = Proceed
secret-stored = I have stored the secret. Continue with the application:

rotate = Rotate secret
rotate-title = Rotate the secret of { $name }?
rotate-text = The application gets a new client secret. Choose when the current one stops working, everywhere it is used.
rotate-text-next = You see the new secret on the next page, once. Be ready to put it in place.
rotate-overlap = The present credentials
rotate-overlap-hint = Both are accepted until then, so nothing is refused while you put the new one in place. At some identity providers the application gets a new client ID with it.
rotate-overlap-none = stop working at once
rotate-overlap-hour = work for one more hour
rotate-overlap-day = work for one more day
rotate-overlap-week = work for seven more days
rotate-overlap-month = work for 30 more days
rotate-text-older = An older credential works on beside it until its own time is over; retire that one by itself.
rotate-button = Make a new secret

secret-old-until = Your earlier credentials work until

secrets-title = Credentials that work
secrets-credential = Credential
secrets-works = Works
secrets-present = the present one
secrets-until = until
secrets-last-use = Last used
secrets-unused = not seen yet
secrets-safe = Safe to retire
secrets-safe-yes = Nobody uses it
secrets-safe-no = Not yet
secrets-retire = Retire
secrets-retire-title = Retire these credentials now?
secrets-retire-text = Whoever still uses them is refused from this moment on. It cannot be undone.
secrets-retire-button = Retire now
secrets-retired = The old credentials do not work any more.
secrets-collect = Get the new secret
secrets-collect-title = The new secret of { $name }
secrets-collect-text-late = The owner of this portal asked for a new secret, and the old credentials have ended. You get the new one here.
secrets-collect-text = The owner of this portal asks for a new secret. You get it here; your present credentials work until the time that the owner chose.
secrets-uncollected-late = The old credentials have ended, as the owner of this portal said, and nobody has the new secret yet. Get it and put it in place.
secrets-uncollected = The owner of this portal asks for a new secret. Get it and put it in place before the old credentials stop working.

delete = Delete
delete-title = Delete { $name }?
delete-text = Its credentials stop working at once, its registrations end, and its client at the identity provider is removed. This cannot be undone.
delete-keys =
    { $count ->
        [one] one key is refused from now on
       *[other] { $count } keys are refused from now on
    }
delete-secrets =
    { $count ->
        [one] its client secret is refused from now on
       *[other] { $count } client secrets are refused from now on
    }
delete-access = it loses its access to { $api } { $version }
delete-team = it goes for everybody in the team { $team }
delete-button = Delete application
deleted = { $name } is deleted.
danger-zone = Delete this application
danger-zone-text = Its credentials stop working at once. This cannot be undone.

## Keys
keys-title = API keys
keys-lead = Send a key with every call, in the header or query parameter { $names }.
keys-empty = No keys yet. Make one to call the APIs that this application is registered for.
keys-name = Name
keys-name-hint = Where the key is used, so that you find it again.
keys-create = Make a key
keys-created-title = Your new API key
keys-created-lead = Copy the key now and keep it like a password. It is shown only this once.
keys-key = API key
keys-status = Status
keys-expires = Expires
keys-never = never
keys-actions = What to do with it
keys-ends = The key ends
keys-ends-days =
    { $days ->
        [one] after one day
       *[other] after { $days } days
    }
keys-curl-query = Where a header cannot be sent, send the key as the query parameter { $name }. Addresses end up in logs, so prefer the header.
keys-rotate = Rotate
keys-rotate-title = Rotate the key { $name }?
keys-rotate-text = A new key with the same name takes its place. Choose when the present one stops working:
keys-rotate-next = You see the new key on the next page, once.
keys-rotate-button = Make a new key
keys-overlap = The present key
keys-overlap-hint = Both are accepted until then, so nothing is refused while you put the new one in place. It never works for longer than it would have.
keys-revoke = Revoke
keys-remove = Remove
keys-revoke-title = Revoke the key { $name }?
keys-revoke-text = Calls with this key are refused at once. This cannot be undone.
keys-remove-text = It does not work any more. Its entry is removed.
keys-revoke-button = Revoke key
keys-revoked = The key { $name } is revoked.

## Registrations
registrations-title = Registered APIs
registrations-empty-title = Not registered for any API
registrations-empty-next = The gateway refuses the application’s calls until it is registered. Choose an API and register.
registrations-browse = Browse APIs
registrations-api = API
registrations-version = Version
registrations-status = Status
registrations-since = Since
registrations-scopes = Scopes asked for
registrations-scopes-granted = Granted scopes
status-approved = Approved
status-pending = Waiting for approval
status-rejected = Rejected
status-revoked = Revoked
status-active = Active
status-expired = Expired
registration-pending-next = The API team has the request. Calls work as soon as it is approved.
registration-rejected-next = The API team did not approve this registration. Ask them for the reason, then remove it and register again.
registration-revoked-next = The API team ended this registration. Ask them for the reason.
register-title = Register for { $product }
register-lead = Version { $version }. Choose the application that will call this API.
register-application = Application
register-new-app = Create a new application instead
register-button = Register
register-no-app-title = No application to register
register-no-app-next = Every application that could call this API is registered for it already, or you have none that signs in the way this API asks for. Create one.
register-approved = { $application } is registered for { $product } and can call it now.
register-requested = The registration of { $application } for { $product } waits for the API team’s approval.
register-closed-title = Registration is closed
register-closed-next = This version takes no new registrations. Look for another version of the API.
register-denied-title = You may not register for this API
register-denied-next = You may read its documentation. Ask the owner of this portal to let your team register applications.
unregister = Unregister
unregister-title = Unregister from { $product }?
unregister-text = { $application } can no longer call { $product } { $version }. Calls are refused at once; you can register again.
unregister-button = Unregister
unregistered = { $application } is no longer registered for { $product }.

## What went wrong
invalid-required = { $label } is required.
invalid-too_long = { $label }: use at most { $max } characters.
invalid-email = Enter an email address, such as name@example.com.
invalid-uri = Enter an absolute address, such as https://app.example.com/callback.
invalid-password-short = Use at least 12 characters.
invalid-password-match = The two passwords are not the same. Enter the same one twice.
invalid-choose = Choose one of the list.
invalid-scopes = Choose scopes from the list.
lagging-nodes = Done. These gateway nodes have not confirmed it yet and may take a moment: { $nodes }
failed-limited = Too many requests at the moment. Wait { $seconds } seconds and send the form again; nothing was changed.
failed-limited-soon = Too many requests at the moment. Wait a minute and send the form again; nothing was changed.
failed-provider = The identity provider did not do its part, so nothing was changed. Try again in a minute; if it happens again, tell the API team: { $reason }
failed-busy = The portal is busy at the moment and nothing was changed. Send the form again.
failed-conflict = This does not fit the present state: { $reason }. Reload the page and try again.
failed-conflict-title = This cannot be done as it is
failed-provider-title = The identity provider did not answer as expected
failed-limited-title = Too many requests
not-found-title = This page is not here
not-found-next = The API or application may have been removed, or it belongs to another account.
forbidden-title = You have no access to this
forbidden-next = Sign in with another account, or ask the API team for access.

## Usage
apps-usage = Usage
usage-title = Usage
usage-lead = How often your applications called, and how it ended. Gateways tell within half a minute; times are in UTC.
usage-none-next = Choose a longer time, or call an API with the credentials of an application.
usage-refusals = Refused by the gateway
usage-reason = Reason
usage-mend = What to do
usage-reason-not_registered = No access to this API
usage-mend-not_registered = Register the application for the API, or wait until its registration is approved: see the application’s page.
usage-reason-wrong_audience = The token is for another audience
usage-mend-wrong_audience = Ask the token endpoint for the audience that the API’s documentation names.
usage-reason-insufficient_scope = The token lacks a scope
usage-mend-insufficient_scope = Ask for the scopes that the API needs, and see whether they are granted on the application’s page.
usage-reason-invalid_token = The access token has expired
usage-mend-invalid_token = Fetch a new token when one expires, and keep it until then.
usage-reason-invalid_client = Wrong client secret
usage-mend-invalid_client = See whether the secret was rotated; make a new one if it is lost.
usage-reason-invalid_key = The API key has expired
usage-mend-invalid_key = Make a new key on the application’s page.
usage-reason-issuer_unavailable = The identity provider did not answer
usage-mend-issuer_unavailable = Try again after a few seconds. Nothing is wrong with your credentials.
usage-reason-upstream_unreachable = The API could not be reached
usage-mend-upstream_unreachable = Try again later; if it goes on, tell the API team.
usage-reason-upstream_invalid = The API gave no proper answer
usage-mend-upstream_invalid = Try again later; if it goes on, tell the API team.
usage-reason-upstream_timeout = The API took too long
usage-mend-upstream_timeout = Ask for less at a time, or try again later.
usage-reason-body_too_large = The request was too large
usage-mend-body_too_large = Send less at a time.
usage-reason-other = Another reason
usage-mend-other = The answer’s message and its X-Request-Id say more; the API team can look it up by that id.

# Sharing
share = Share
share-title = Share { $name }
share-lead = Every developer of the team may then do with the application what you may: see it and how it is used, change it, register it, make and revoke credentials, and delete it. Secrets that were shown are not shown again.
share-with = Share with
share-nobody = Nobody
share-nobody-hint = You alone have it.
share-button = Save
share-done = The application belongs to the team { $team } now.
share-taken-back = You alone have the application now.
share-owned = This application belongs to the team { $team }: each of its developers may change, register and delete it.

# An application with credentials for several strategies
ways-title = Further ways to sign in
ways-none = The application can have credentials of another kind besides, for APIs that ask for them.
ways-add = Add another way
ways-new-title = Another way for { $name } to sign in
ways-new-lead = It gets credentials of its own beside those that the application has. One name, one owner, removed together.
ways-nothing-title = There is no other way
ways-nothing-next = The application has credentials for everything that this portal offers.
ways-back = Back to the application
delete-way = Its further way to sign in goes with it: { $strategy }
