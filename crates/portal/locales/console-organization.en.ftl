# The console's pages about the organisation: people, teams, system accounts, their tokens and roles.
name = Name
description = Description
created = Created
create = Create
save = Save
saved = Saved.
cancel = Cancel
remove = Remove
removed = { $name } is removed.
settings = Settings
danger-zone = Removal
for-good = This cannot be undone.
choose = Choose
choose-one = Choose { $name }
none-chosen = Choose at least one first.
apply = Apply
roles-title = Roles
people-title = People
delete-title = Delete { $name }?
delete-lead = With it goes:
delete-nothing = nothing else
delete-roles =
    { $count ->
        [one] one role
       *[other] { $count } roles
    }
invalid-name-taken = Another one has this name.
invalid-name-min_length = Enter a name.
invalid-name-max_length = This name is too long.
invalid-description-max_length = This description is too long.

# Tokens
tokens-own = My tokens
tokens-lead = With a token a program calls the platform API in your name.
tokens-title = Tokens
tokens-none = There are no tokens.
tokens-new = New token
tokens-new-own = It may do what you may, at each moment: when a role of yours goes, it may do less. At most ten work at once.
tokens-new-of-account = It may do what the roles of the system account and of its teams allow.
tokens-name-hint = What it is for, such as the program and where it runs.
tokens-span = It works for
tokens-span-30 = 30 days
tokens-span-60 = 60 days
tokens-span-90 = 90 days
tokens-span-365 = A year
tokens-span-date = Until a day that I name
tokens-until = Last day
tokens-until-hint = Only if you name a day: tomorrow at the earliest, and within a year. It ends at midnight, UTC.
tokens-until-any = Only if you name a day: tomorrow at the earliest. It ends at midnight, UTC.
tokens-create = Create the token
tokens-too-many = Ten of your tokens work already. Revoke one that you no longer need, then make this one.
invalid-span-required = Choose for how long it works.
invalid-until-date = Enter a day, such as 2027-01-31.
invalid-until-past = Choose tomorrow or a later day.
invalid-until-far = A personal token works for a year at most. Choose an earlier day.
tokens-made-title = { $name } is made
tokens-token = Token
tokens-use = How to use it
tokens-use-lead = Programs send it in the header Authorization. This call answers with the organisation:
tokens-back = Back to the tokens
tokens-state = State
tokens-active = Works
tokens-revoked = Revoked
tokens-expired = Expired
tokens-used = Last used
tokens-ends = Ends
tokens-revoke = Revoke
tokens-revoke-title = Revoke { $name }?
tokens-revoke-lead = From then on every call with this token is refused (401). Programs that use it need another one.
tokens-revoked-done = { $name } is revoked.

# What somebody may do, and why
rights-title = Roles
rights-own = What I may do
rights-lead = This holds for you in the console, and for your tokens.
rights-ask = More is given by an owner of the organisation:
rights-none = No roles.
rights-role = Role
rights-about = For
rights-words = Allows
rights-from = Comes from
rights-everything = Everything
rights-own-access = The role in the console
rights-directly = Given directly
rights-by-team = The team
rights-gone = Something that is gone
access-owner = Owner
access-owner-does = Changes everything, accounts and roles too.
access-admin = Administrator
access-admin-does = Changes everything but accounts, their tokens and their roles.
access-viewer = Viewer
access-viewer-does = Reads everything.
access-gateway = Gateway
access-gateway-does = Follows the control plane as a gateway, and nothing else.

# Giving roles
roles-assign = Assign a role
roles-assign-title = Assign a role to { $name }
roles-assign-lead = It holds from the next request on, in the console and for tokens.
roles-search = Search by name
roles-assigned = The role is assigned.
roles-remove = Take the role away
roles-remove-title = Take { $role } away from { $name }?
roles-remove-lead = No longer allowed then, unless another role or team does:
roles-remove-at-once = It holds from the next request on, for tokens that there are, too.
roles-removed = The role is taken away.
invalid-role_name-taken = This role is assigned already.
invalid-role_name-enum = Choose a role.
invalid-entity_id-missing_reference = This role is for all of them: choose all, or something that is still there.
invalid-entity_id-is_uuid = Choose what the role is for.
invalid-entity_id-min_length = Choose what the role is for.

# What roles are for, and what they allow
kind-portals = Portals
kind-apis = APIs
kind-api-products = API products
kind-application-auth-strategies = Auth strategies
kind-dcr-providers = DCR providers
kind-control-planes = Control planes
kind-audit-logs = Audit log
kind-identity = Accounts and roles
all-portals = All portals
all-apis = All APIs
all-api-products = All API products
all-application-auth-strategies = All auth strategies
all-dcr-providers = All DCR providers
all-control-planes = All control planes
all-audit-logs = The audit log
all-identity = Accounts and roles
does-portals-admin = Changes everything of a portal, and removes it.
does-portals-maintainer = Changes everything of a portal.
does-portals-creator = Makes portals, and is Admin of those it makes.
does-portals-viewer = Reads a portal and all that belongs to it.
does-portals-appearance-maintainer = Changes how a portal looks.
does-portals-content-editor = Writes the pages and snippets of a portal.
does-portals-product-publisher = Publishes APIs in a portal, as far as it may publish them.
does-portals-registration-approver = Decides about developers, applications and registrations of a portal.
does-apis-admin = Changes everything of an API, publishes and removes it.
does-apis-creator = Makes APIs, and is Admin of those it makes.
does-apis-editor = Changes an API, its versions, specifications and documents.
does-apis-publisher = Publishes an API in portals, as far as it may publish there.
does-apis-viewer = Reads an API and all that belongs to it.
does-api-products-admin = Changes everything of an API product, publishes and removes it.
does-api-products-creator = Makes API products, and is Admin of those it makes.
does-api-products-maintainer = Changes an API product, and publishes it.
does-api-products-publisher = Publishes an API product in portals, as far as it may publish there.
does-api-products-viewer = Reads an API product and all that belongs to it.
does-application-auth-strategies-creator = Makes auth strategies, and is Maintainer of those it makes.
does-application-auth-strategies-maintainer = Changes an auth strategy, and removes it.
does-application-auth-strategies-viewer = Reads an auth strategy.
does-dcr-providers-creator = Makes DCR providers, and is Maintainer of those it makes.
does-dcr-providers-maintainer = Changes a DCR provider, and removes it.
does-dcr-providers-viewer = Reads a DCR provider.
does-control-planes-admin = Changes everything of a control plane, and removes it.
does-control-planes-connector = Follows the control plane as a gateway, and nothing else.
does-control-planes-creator = Makes control planes, and is Admin of those it makes.
does-control-planes-deployer = Changes services and routes of a control plane.
does-control-planes-gateway-service-admin = Changes services of a control plane.
does-control-planes-route-admin = Changes routes of a control plane.
does-control-planes-viewer = Reads a control plane and all that belongs to it.
does-audit-logs-admin = Reads the audit, and changes where it is sent.
does-identity-admin = Changes teams, system accounts, tokens and roles: also their own, so whoever has it can give themselves everything.

# Users
people-has-owner = As an owner they may do everything already; roles add nothing.
people-has-admin = As an administrator they may change everything but accounts already; roles add the rest.
people-has-viewer = As a viewer they read everything already; roles add what they may change.
people-tokens-lead = Tokens are made by the person alone. You can revoke them.

# Teams of somebody
groups-none = In no team.
groups-team = Team
groups-join = Add to a team
groups-no-other = There is no other team
groups-no-other-next = Make one under Teams.
groups-joined = { $name } is in { $team }.
groups-present = { $name } is in { $team } already.

# System accounts
accounts-title = System accounts
accounts-lead = Programs that call the platform API: pipelines, scripts, gateways elsewhere.
accounts-search = Search by name or description
accounts-none = No system accounts
accounts-none-next = Make one for each program, with the roles that it needs.
accounts-new = New system account
accounts-new-lead = Next come its roles, then its tokens.
accounts-made = The system account is made. Choose what it may do.
accounts-description-hint = What it is for, and who looks after it.
accounts-may-nothing = This account may do nothing yet: it has no role and is in no team.
accounts-delete = Delete this system account
accounts-delete-hint = Its tokens stop working at once.
accounts-delete-tokens =
    { $count ->
        [one] one token that works: programs with it are refused at once
       *[other] { $count } tokens that work: programs with them are refused at once
    }
accounts-delete-teams =
    { $count ->
        [one] the place in one team
       *[other] the places in { $count } teams
    }

# Teams
teams-title = Teams
teams-lead = Users and system accounts that may do the same. Developers of a portal have teams of their own, on the portal’s page.
teams-search = Search by name or description
teams-none = No teams
teams-none-next = Make one, or search for something else.
teams-always = Always there
teams-lasting = This team is always there: its name and what it allows cannot be changed.
teams-new = New team
teams-new-lead = Next come its members, then its roles.
teams-made = The team is made. Choose its members.
teams-description-hint = What its members do.
teams-delete = Delete this team
teams-delete-hint = Its members stay, without what its roles allow.
teams-delete-members =
    { $count ->
        [one] the membership of one, who stays
       *[other] the membership of { $count }, who stay
    }
members-title = Members
members-none = Nobody.
members-by-role = They are here by their role in the console, which owners change on the person’s page.
members-add = Add members
members-add-title = Add members to { $name }
members-add-lead = They may do at once what the team’s roles allow.
members-add-accounts-lead = System accounts may do at once what the team allows. Users come into this team by their role in the console.
members-add-none = Nobody to add
members-add-none-next = Everybody is in the team already.
members-add-button = Add those chosen
members-added =
    { $count ->
        [one] One member is added.
       *[other] { $count } members are added.
    }
members-remove-title = Remove { $name } from { $team }?
members-remove-lead = They may no longer do what the team’s roles allow, from the next request on: in the console, and with their tokens. The account stays.
members-removed = { $name } is no longer in { $team }.
members-last-owner = This is the last owner. Make another one first.
