# The pages of the platform's listener.
start-title = Platform API
start-lead = This address serves the platform API of { $organization }: portals, API products, identity providers, auth strategies, and the gateway’s services and routes.
start-here = Where things are
start-portal = Developer portal
start-portal-text = Where developers find APIs and get credentials for their applications.
start-documentation = Documentation of the API
start-documentation-text = The API is Kong Konnect’s; its reference, SDKs and tools apply. The file docs/COMPATIBILITY.md lists what is served here.
start-token = Make a token
start-token-lead = Every call needs a platform token. Whoever may run commands on the machine of this control plane makes one; it is shown once.
start-call = Make a call
start-call-lead = Put the token in the header, with or without “Bearer”.
