# The console's pages about how a portal's developers sign in.
save = Save
saved = Saved.
cancel = Cancel
public = This portal is public: nobody signs in there. These settings count as soon as it is private.

# What is wrong with a form
invalid-required = Fill this in.
invalid-min_length = Fill this in.
invalid-max_length = This is too long.
invalid-invalid = This is not as it should be.
invalid-oidc_issuer-invalid = This is not an address such as https://id.example.com.
invalid-oidc_issuer-required = Enter the issuer before developers sign in with it.
invalid-oidc_client_secret-required = The secret that is kept belongs to the earlier issuer or client. Enter the one of this client.
invalid-basic_auth_enabled-invalid = Developers need a way to sign in. Turn the identity provider on first.

# What to register
register = To register at the identity provider
register-lead = Make an application of type “web” there, allow it the authorization code grant, and enter this address as its redirect URI (callback URL), letter by letter.
redirect-uri = Redirect URI

# Settings
settings = Settings
passwords = Passwords
passwords-on = Developers sign in with email address and password
passwords-on-hint = Without it, the sign-in page shows single sign-on alone, and nobody signs up with an address.
provider = Single sign-on
provider-on = Developers sign in with the identity provider
provider-on-hint = The first sign-in makes their account: approved at once or waiting, as the portal’s settings have it.
issuer = Issuer
issuer-hint = As the provider’s metadata names it, for example https://tenant.example.com. Its addresses and keys are read from there.
client-id = Client ID
client-secret = Client secret
client-secret-hint = Kept sealed and never shown. Leave it empty for a public client; PKCE is used in any case.
secret-kept = One is kept, and cannot be shown. Leave this empty to keep it.
scopes = Scopes
scopes-hint = Separated by spaces. openid is asked for in any case.
claim-name = Claim with the name
claim-email = Claim with the email address
claim-email-hint = An account that exists is linked only if the provider says that it has verified this address (email_verified).
claim-groups = Claim with the groups
mapping = Teams
mapping-on = Groups at the provider decide the teams of whoever signs in

# Test
test = Test
test-lead = Reads the provider’s metadata and keys, asks whether it knows this client and its secret, and whether it would send a browser back here. Nobody is signed in.
test-button = Test now
test-step = Step
test-result = Result
test-detail = In detail
test-ok = Holds
test-wrong = Wrong
test-holds = Everything holds. Developers can sign in.
test-lacks = Developers cannot sign in yet. Change what is said below, then test again.
step-discovery = Metadata
step-keys = Keys
step-client = Client and secret
step-redirect_uri = Redirect URI
mend-discovery = See whether the issuer is right, and whether this machine reaches it.
mend-issuer = Enter the issuer that the metadata names, above.
mend-private = The issuer is on a private address. Whoever runs this installation can allow its network (egress.allow).
mend-keys = The provider must publish the keys that sign its ID tokens (jwks_uri). ID tokens signed with the client secret (HS256) are not taken: choose RS256 there.
mend-client = See in the provider’s own log why it refused this request.
mend-client-secret = The provider does not know this client or its secret. Enter both again, above.
mend-client-grant = Allow this client the authorization code grant at the provider.
mend-redirect_uri = The provider would not send browsers back. Register this redirect URI there, letter by letter; if an error code is named, it says what else is refused, such as a scope.

# Removal
removal = Removal
removal-hint = You see what that means before anything happens.
removal-button = Remove the identity provider
removal-last = Passwords are turned off: without the provider nobody could sign in. Turn passwords on first.
removed = The identity provider is removed.
delete-title = Remove the identity provider of { $name }?
delete-accounts = Developers keep their accounts, applications and credentials.
delete-passwords = Whoever has signed in with it alone sets a password with “Forgot your password?”, if the address was verified.
delete-sessions = Whoever is signed in stays so until the session ends.

# Groups and teams
groups-title = Groups and teams
groups-lead = Whoever signs in with the identity provider becomes a member of the teams whose groups the provider names, and leaves the other teams that have groups. Teams without groups stay as they are.
groups-off = Teams do not follow groups yet: turn that on in the settings. What you enter here is kept.
groups-open = Choose groups
groups-search = Search by name
groups-none = There is no team here
groups-none-next = Make a team first, or search for something else.
groups-team = Team
groups-names = Groups at the provider
groups-of = Groups of { $team }
groups-placeholder = One a line
groups-saved =
    { $count ->
        [0] Nothing was changed.
        [one] The groups of one team are saved.
       *[other] The groups of { $count } teams are saved.
    }
back = Back to signing in
