# The console's pages about application auth.
name = Name
display-name = Display name
id = Id
issuer = Issuer
created = Created
save = Save
saved = Saved.
cancel = Cancel
back = Back
removed = { $name } is removed.
danger-zone = Removal
for-good = This cannot be undone.
uses = Use
unused = Not used
delete-title = Delete { $name }?
used-strategies =
    { $count ->
        [one] one auth strategy
       *[other] { $count } auth strategies
    }
used-applications =
    { $count ->
        [one] one application
       *[other] { $count } applications
    }
secret-kept = One is kept, and cannot be shown. Leave this empty to keep it.

# What is wrong with a form
invalid-required = Fill this in.
invalid-min_length = Fill this in.
invalid-max_length = This is too long.
invalid-invalid = This is not an address such as https://example.com.
invalid-matches_regex = Enter 12 to 256 letters, digits or underscores.
invalid-dependent_fields = This does not go together with the other fields. Enter a token alone, or a client with its secret.
invalid-missing_reference = This does not exist any more. Choose another.
invalid-enum = Choose one that is offered.
invalid-is_integer = Enter a whole number.
invalid-min = This number is too small.
invalid-max = This number is too large.
invalid-min_items = Enter at least one.
invalid-max_items = These are too many.
invalid-taken = This exists already. Choose another.

# Lists
auth-title = Application Auth
auth-lead = How developers’ applications get credentials, and how callers prove who they are.
providers-search = Search by name or issuer

# DCR providers
providers-title = DCR providers
providers-new = New DCR provider
providers-new-lead = Choose what you register clients at. Developers see neither its name nor its type.
providers-made = The provider is saved. Verify now whether it has what it needs.
providers-none = There is no DCR provider here
providers-none-next = Make one, or search for something else.
providers-type = Type
providers-used = Used by
providers-settings = Settings
providers-verify = Verify
providers-name-hint = For your team; developers do not see it.
providers-delete = Delete this provider
providers-delete-hint = You see what uses it before anything happens.
providers-delete-free = No auth strategy uses this provider. No application is touched.
providers-delete-used = Auth strategies use this provider. Delete them or give them another provider first.
agreement = Agreement with the portal
provider-type-auth0 = Auth0
provider-type-auth0-hint = Auth0, or this installation’s own tenant: clients are made with the Management API.
provider-type-okta = Okta
provider-type-okta-hint = Clients are made with an API token.
provider-type-curity = Curity
provider-type-curity-hint = Clients are registered with a client that may do so.
provider-type-azureAd = Microsoft Entra ID
provider-type-azureAd-hint = App registrations are made with Microsoft Graph.
provider-type-http = HTTP bridge
provider-type-http-hint = A service of your own that registers clients anywhere.
provider-type-rfc7591 = OAuth dynamic client registration
provider-type-rfc7591-hint = Any server that follows RFC 7591, with a token, a client, or open to all.
provider-type-kongIdentity = Kong Identity
issuer-hint = The issuer’s address, without a slash at the end.
issuer-hint-auth0 = The tenant’s address, such as https://TENANT.us.auth0.com, without a slash at the end.
dcr-initial_client_id = Initial Client ID
dcr-initial_client_id-hint = Of the machine-to-machine application that may make clients.
dcr-initial_client_secret = Initial Client Secret
dcr-initial_client_secret-hint = Kept sealed; nobody can read it again.
dcr-initial_client_audience = Client Audience
dcr-initial_client_audience-hint = With a custom domain: the identifier of the Management API. Otherwise leave this empty.
dcr-use_developer_managed_scopes = Developer managed scopes
dcr-use_developer_managed_scopes-on = Use Developer Managed Scopes
dcr-use_developer_managed_scopes-on-hint = Developers choose among the strategy’s scopes. At Auth0 the initial client then needs read:resource_servers, too.
dcr-dcr_token = API token
dcr-dcr_token-hint = Kept sealed; nobody can read it again.
dcr-dcr_base_url = Address of the bridge
dcr-dcr_base_url-hint = Such as https://bridge.example.com/dcr
dcr-api_key = API key
dcr-api_key-hint = 12 to 256 letters, digits or underscores. Kept sealed; nobody can read it again.
dcr-disable_event_hooks = Events
dcr-disable_event_hooks-on = Do not tell the bridge of events
dcr-disable_refresh_secret = Secrets
dcr-disable_refresh_secret-on = The bridge cannot make new secrets
dcr-allow_multiple_credentials = Several secrets
dcr-allow_multiple_credentials-on = A client may have several secrets
dcr-registration_endpoint = Registration endpoint
dcr-registration_endpoint-hint = Only if the issuer’s metadata does not name it.
dcr-initial_access_token = Initial access token
dcr-initial_access_token-hint = Enter this, or a client and its secret, or neither.
dcr-initial_client_scope = Scope of the initial client
dcr-initial_client_scope-hint = What the initial client asks for when it registers others.

# Verify
verify-lead = Tries every permission and setting that the provider’s strategies need: a client is made at the provider and removed again.
verify-now = Verify
verify-again = Verify again
verify-holds = Everything holds. Applications can be made at this provider.
verify-missing =
    { $count ->
        [one] One thing is missing. Change it as said below, then verify again.
       *[other] { $count } things are missing. Change them as said below, then verify again.
    }
verify-results = Results
verify-check = Permission or setting
verify-result = Result
verify-detail = In detail
verify-held = Held
verify-lacks = Missing
check-settings = Settings
check-discovery = Issuer’s metadata
check-authorization_server = Authorization server
check-management_token = Initial client
check-initial_token = Initial client
check-registration_endpoint = Registration endpoint
check-audience = Audience
check-token = Token of a new client
check-credential_claim = Credential claim
check-create = Make a client
check-find = Find a client
check-update = Change a client
check-rotate = New secret
check-delete = Remove a client
check-clean_up = Clean up
mend-permission = At the tenant: Applications > Applications, open the initial client, then APIs > Management API. Tick { $permission } and save.
mend-settings = Change it on the tab Settings.
mend-discovery = Correct the issuer on the tab Settings, and see whether this machine reaches it.
mend-management_token = Check the initial client’s id, secret and audience on the tab Settings, and at the tenant that it is authorised for the Management API.
mend-initial_token = Check the initial client’s id and secret on the tab Settings.
mend-audience = Correct the audience of the auth strategy, or create an API with that identifier at the provider.
mend-credential_claim = Correct the credential claims of the auth strategy.
mend-token = See what the provider’s own log says of this request.
mend-other = Change it at the provider, then verify again.
