
# Other credentials for a provider
credentials-tab = Credentials
credentials-lead = Enter what this provider is to let us in with from now on. Everything is tried first; if anything is missing nothing changes, and applications notice nothing.
credentials-try = Try, then switch
credentials-switched = Everything holds. The new credentials are in use.
credentials-holds = Everything holds.
credentials-missing =
    { $count ->
        [one] One thing is missing with these credentials. Nothing was changed.
       *[other] { $count } things are missing with these credentials. Nothing was changed.
    }
connection = Connection
connection-ca_certificates = Certificate authorities
connection-ca_certificates-hint = As PEM; trusted beside the public ones, for this provider alone.
connection-proxy = Proxy
connection-proxy-hint = Such as http://proxy.example.com:3128, without user and password.
connection-timeout_seconds = Time-out
connection-timeout_seconds-hint = How many seconds one request may take: 1 to 120.

# Earlier verifications
verified-title = Earlier verifications
verified-none = This provider was not verified yet.
verified-at = When
verified-by = By
verified-by-api = The platform API
verified-why = Occasion
verified-verify = Verify
verified-switch = Before a switch of credentials
verified-missing =
    { $count ->
        [one] One thing missing
       *[other] { $count } things missing
    }

# Agreement of portal and provider
agreement-tab = Agreement
agreement-now = Portal and provider
agreement-unknown = Not looked at yet
agreement-unknown-next = Nobody has looked at this provider’s clients yet. Look now to see whether they fit the applications here.
agreement-agrees = They agree
agreement-differs =
    { $count ->
        [one] One difference
       *[other] { $count } differences
    }
agreement-look = Look now
agreement-looked = Looked. This is how they stand.
agreement-away = The provider cannot be looked at now.
agreement-last-error = The last pass met trouble:
agreement-looked-at = Last looked
agreement-full-at = Last looked at every client
agreement-applications = Applications here
agreement-clients = Clients there
agreement-sight = What the provider shows
agreement-how = How it is looked at
agreement-incremental = It tells what changed, and that is looked at.
agreement-whole = Every client is looked at each time.
sight-all = Every client: missing, changed and orphaned ones are seen.
sight-known = The clients that were registered from here.
sight-told = Nothing: applications are compared with what the provider was last told.
drift-count-missing =
    { $count ->
        [one] one application whose client is missing
       *[other] { $count } applications whose clients are missing
    }
drift-count-changed =
    { $count ->
        [one] one client that was changed by hand
       *[other] { $count } clients that were changed by hand
    }
drift-count-orphaned =
    { $count ->
        [one] one client of no application
       *[other] { $count } clients of no application
    }

# The plan
plan-review = Review the plan
plan-see = See what differs
plan-title = What differs
plan-lead = Choose for each line what is to be done. Nothing happens before you have seen it all once more.
plan-propose-portal = Propose: as the portal has it
plan-propose-provider = Propose: as the provider has it
plan-line = Difference { $number }
plan-action = Action
plan-to-review = Review what was chosen
plan-none-chosen = Choose something to do for at least one line.
plan-empty = Nothing differs any more
plan-empty-next = What was open has been settled. The next pass looks at the rest.
plan-more =
    { $count ->
        [one] One more difference is shown once some of these are settled.
       *[other] { $count } more differences are shown once some of these are settled.
    }
plan-parts = What was changed
plan-part = What
plan-portal = Portal
plan-provider = Provider
plan-nothing = Nothing
plan-no-scope = no scope
part-name = Name
part-redirect_uris = Redirect URIs
part-grant_types = Grant types
part-scopes = Scopes
part-metadata = Ids of the portal
drift-kind-missing = Missing client
drift-kind-missing-hint = The application’s client is not at the provider: nobody can call for it.
drift-kind-changed = Changed client
drift-kind-changed-hint = Somebody changed the client at the provider.
drift-kind-orphaned = Orphaned client
drift-kind-orphaned-hint = The client says that it is from here, and no application has it.
drift-missing-leave = Leave it
drift-missing-adopt = Take the other client that says it is the application’s
drift-missing-recreate = Make the client again
drift-missing-delete = Delete the application
drift-changed-leave = Leave it
drift-changed-adopt = Take over what the provider has
drift-changed-recreate = Restore what the portal has
drift-changed-delete = Delete the application and its client
drift-orphaned-leave = Leave it
drift-orphaned-adopt = Make its application again
drift-orphaned-delete = Delete the client
drift-action-adopt = Take over
drift-action-recreate = Restore
drift-action-delete = Delete
drift-action-leave = Leave
review-title =
    { $count ->
        [one] Do this?
       *[other] Do these { $count } things?
    }
review-apply = Do it
effect-missing-adopt = the other client becomes the application’s. Its developer makes a new secret to use it.
effect-missing-recreate = a new client is registered. Its developer makes a new secret to use it; the client id is another one.
effect-missing-delete = the application is deleted here, with its registrations.
effect-changed-adopt = the portal takes the name and the redirect URI that the provider has.
effect-changed-recreate = the client is set back to what the portal has. Its secret stays.
effect-changed-delete = the application is deleted here with its registrations, and its client at the provider.
effect-orphaned-adopt = the application that the client names is made again for its developer. Its secret stays.
effect-orphaned-delete = the client is deleted at the provider. Whoever uses it is refused.
applied-title = What was done
applied-what = About
applied-outcome = Outcome
applied-done = Done
applied-outdated = Not any more
applied-outdated-next = It is no more, or is another difference by now.
applied-failed = Not done
applied-all = All of it is done.
applied-left =
    { $count ->
        [one] One line is left; see why below.
       *[other] { $count } lines are left; see why below.
    }
applied-again = See what differs now

# What is done by itself
policy-title = Done by itself
policy-lead = What each pass does without asking. If more than half of all clients differ in one way, nothing is done and it is left to you.

# Past passes
passes-title = Past passes
passes-none = There was none yet.
pass-when = When
pass-found = Found
pass-settled = Settled
pass-left = Outcome
pass-times = { $count } that went alike, since
pass-trouble = Trouble
pass-agreed = Agreed
pass-open =
    { $count ->
        [one] One left open
       *[other] { $count } left open
    }

# What the provider is still to do
pending-title = Not removed at the provider yet
pending-none = Nothing waits.
pending-deletions = Deleted applications whose clients the provider still has
pending-retirements = Ended credentials that the provider still has
pending-application = Application
pending-credential = Credential
pending-client = Client
pending-since = Since
pending-why = Why
pending-soon = It is its turn soon.
pending-tried =
    { $count ->
        [one] Tried once.
       *[other] Tried { $count } times.
    }
pending-next = Next at
pending-hourly = Taken up again within the hour.

# Possible orphans
orphans-title = Possible orphans
orphans-none = No registration is without an answer.
orphans-lead = A registration got no answer, and the provider cannot be asked what became of it. Look there; if there is such a client, remove it.
orphans-look-for = Look for
orphans-application = Application id
orphans-dismiss = Take off the list
orphans-dismiss-title = Take this off the list?
orphans-dismiss-lead = Do so when you have looked at the provider: there is no such client, or you have removed it.
orphans-dismiss-button = I have looked: take it off
orphans-dismissed = It is off the list.

# Rotations
rotations-tab = Rotations
rotations-title = Rotations
rotations-lead = Every application of this provider gets a new secret while the old one works on, so that no call is refused.
rotations-none = No rotation yet
rotations-none-next = Begin one below.
rotation-new = Rotate the secrets of all applications
rotation-continue = Continue
rotation-overlap = The old secrets
rotation-overlap-hint = Until then both are accepted. Give developers time to take the new one and put it in place.
overlap-hour = work for one more hour
overlap-day = work for one more day
overlap-week = work for seven more days
overlap-fortnight = work for 14 more days
overlap-month = work for 30 more days
overlap-minutes =
    { $count ->
        [one] work for one more minute
       *[other] work for { $count } more minutes
    }
rotation-new-title =
    { $count ->
        [one] Rotate the secret of one application?
       *[other] Rotate the secrets of { $count } applications?
    }
rotation-new-developers = Each developer is told by mail and takes the new secret in the portal, where it is shown once. You never see it.
rotation-new-old = Old secrets work on until their time is over, whether the new one was taken or not. Here you see which are still used.
rotation-new-pace = It goes at the pace that the provider allows. Applications that are being rotated already are left alone.
rotation-new-end = When the time is over the old secrets end by themselves. Developers whose old secret is still used are reminded before.
rotation-begin = Begin
rotation-began = The rotation has begun.
rotation-runs-already = A rotation of these applications is running. Wait until it is finished.
rotation-title = Rotation
rotation-begun-at = Begun
rotation-status = Status
rotation-running = Running
rotation-finished = Finished
rotation-done = Done
rotation-applications = Applications
rotation-application = Application
rotation-uncollected = New secret not taken yet
rotation-uncollected-hint = Applications whose developers have not taken the new secret in the portal.
rotation-old = Old secret works
rotation-in-use = Old secret used since
rotation-safe = Safe to retire
rotation-unheard = A gateway is away: until it is back nobody can tell which secrets are unused.
rotation-failed =
    { $count ->
        [one] one failed
       *[other] { $count } failed
    }
rotation-failed-label = Failed
rotation-failures = What went wrong
rotation-error = Why
rotation-refresh = Refresh
rotation-cut-off =
    { $count ->
        [one] For one application the old secret has ended and the new one was not taken: nobody can call for it. Its developer gets a new secret in the portal at any time.
       *[other] For { $count } applications the old secrets have ended and the new ones were not taken: nobody can call for them. Their developers get a new secret in the portal at any time.
    }
rotation-show = Show
rotation-show-old = Old secret works
rotation-show-uncollected = New secret not taken yet
rotation-show-failed = Failed
rotation-show-waiting = Waiting
rotation-members-search = Search by name
rotation-members-none = There is no application here
rotation-members-none-next = Show all, or search for something else.
rotation-new-secret = New secret
rotation-old-secret = Old secret
member-waiting = Waiting
member-failed = Failed
member-collected = Taken
member-uncollected = Not taken yet
member-old-gone = Gone
credential-used = Last used
credential-until = Works until
credential-safe = Safe to retire
credential-unsafe = Not safe yet
retire-column = Retire
retire-box = Retire the old secret of { $name }
retire-chosen = Retire the chosen ones
retire-safe = Retire all that nobody uses
retire-none = Tick at least one application.
retire-safe-title =
    { $count ->
        [one] Retire one old secret now?
       *[other] Retire { $count } old secrets now?
    }
retire-safe-lead = Nobody has used them since the rotation, or for a whole day. They are refused from this moment on.
retire-chosen-title =
    { $count ->
        [one] Retire the old secret of one application now?
       *[other] Retire the old secrets of { $count } applications now?
    }
retire-chosen-lead = Whoever still uses them is refused from this moment on.
retire-now = Retire now
retire-done =
    { $count ->
        [0] No old secret was retired.
        [one] The old secrets of one application do not work any more.
       *[other] The old secrets of { $count } applications do not work any more.
    }
retire-left = Others were not retired:
retire-lagging = Gateways that have not confirmed it yet: { $nodes }.
