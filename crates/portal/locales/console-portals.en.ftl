# The console's pages about portals and API products.
name = Name
id = Id
description = Description
labels = Labels
created = Created
updated = Changed
yes = Yes
no = No
save = Save
saved = Saved.
create = Create
cancel = Cancel
removed = { $name } is removed.
danger-zone = Removal
for-good = This cannot be undone.
published = Published
unpublished = Not published
deprecated = Deprecated

# What is wrong with a form
invalid-taken = This exists already. Choose another.
invalid-required = Fill this in.
invalid-name-required = Enter a name.
invalid-name-min_length = Enter a name.
invalid-name-max_length = This name is too long.
invalid-name-taken = Another has this name already. Choose another name.
invalid-custom_domain-taken = Another portal has this domain.
invalid-custom_domain-is_hostname = Enter a host name such as developers.example.com.
invalid-custom_client_domain-is_hostname = Enter a host name such as app.example.com.
invalid-max_length = This is too long.
invalid-missing_reference = This does not exist any more. Choose another.
invalid-image-type = Choose a PNG, JPEG, GIF or icon file.
invalid-image-size = This file is too large. Choose one of at most 1.4 MB.

# Portals
portals-title = Portals
portals-lead = Where developers find your APIs, try them and get credentials for them.
portals-new = New portal
portals-new-lead = Everything can be changed later.
portals-made = The portal is made. See what holds there.
portals-search = Search by name
portals-none = There is no portal here
portals-none-next = Make one, or search for something else.
portals-overview = Overview
portals-settings = Settings
portals-appearance = Appearance
portals-products = API products
portals-registrations = Registrations
portals-developers = Developers
portals-applications = Applications
portals-display-name = Display name
portals-display-name-hint = What developers read. Without one they read the name.
portals-name-hint = What the team calls the portal; no two have the same.
portals-address = Address
portals-access = Access
portals-public = Public
portals-private = Private
portals-access-private = Private
portals-access-private-hint = Developers sign in, see what they may see and make applications.
portals-access-public = Public
portals-access-public-hint = Everybody reads everything that is published. Nobody signs in, and nobody makes applications.
portals-rbac = Role-based access
portals-rbac-on = Teams decide who sees which API
portals-rbac-on-hint = Developers see the APIs to which a team of theirs has a role. Without this, every developer sees every API.
portals-auto-developers = New developers
portals-auto-developers-on = Approve developers by itself
portals-auto-developers-on-hint = Whoever signs up may sign in at once.
portals-auto-applications = New registrations
portals-auto-applications-on = Approve applications’ registrations by itself
portals-auto-applications-on-hint = Applications get access to every API as soon as they ask for it.
portals-custom-domain = Domain of its own
portals-custom-domain-hint = Its name must lead to this portal’s listener.
portals-client-domain = Domain of a client of its own
portals-client-domain-hint = For a portal that you built yourself on the portal’s API.
portals-strategy = Default auth strategy
portals-strategy-hint = What APIs that are published without one use.
portals-no-strategy = None
portals-delete = Delete this portal
portals-delete-hint = Its developers, their applications and the credentials of these go with it. You see how many before anything happens.
portals-delete-title = Delete { $name }?
portals-delete-lead = With this portal goes:
portals-delete-developers =
    { $count ->
        [one] one developer with the account and the password
       *[other] { $count } developers with their accounts and passwords
    }
portals-delete-applications =
    { $count ->
        [one] one application: its credentials stop working, its client is removed at the identity provider
       *[other] { $count } applications: their credentials stop working, their clients are removed at the identity provider
    }
portals-delete-taking =
    { $count ->
        [one] one version for which applications may register
       *[other] { $count } versions for which applications may register
    }
portals-delete-products =
    { $count ->
        [one] the publication of one API product; the product itself stays
       *[other] the publication of { $count } API products; the products themselves stay
    }
portals-delete-nothing = nothing but its settings and its appearance
portals-delete-leaving = Some clients could not be removed at the identity provider yet. This goes on by itself; delete the portal again in a minute.
portals-products-none = Nothing is published here
portals-products-none-next = Open an API product and publish it to this portal.

# Appearance
appearance-preview = Open the portal
appearance-header = Heading of the catalogue
appearance-welcome = Welcome text
appearance-theme = Theme
theme-mint_rocket = Mint Rocket
theme-mint_rocket-hint = Light and dark as each reader’s device has it.
theme-dark_mode = Dark Mode
theme-dark_mode-hint = Kept for clients of the API. The portal’s own pages follow each reader’s device.
theme-custom = Colours of your own
theme-custom-hint = The pages take the fill of buttons as their accent and make it readable; clients of the API read all colours.
appearance-colours = Colours
appearance-colours-hint = They count with colours of your own.
colours-section = Areas
colours-section-header = Header
colours-section-body = Body
colours-section-hero = Hero
colours-section-accent = Accent
colours-section-tertiary = Tertiary
colours-section-stroke = Lines
colours-section-footer = Footer
colours-text = Text
colours-text-header = Header
colours-text-hero = Hero
colours-text-headings = Headings
colours-text-primary = Primary
colours-text-secondary = Secondary
colours-text-accent = Accent
colours-text-link = Links
colours-text-footer = Footer
colours-button = Buttons
colours-button-primary_fill = Fill
colours-button-primary_text = Text
appearance-logo = Logo
appearance-favicon = Favicon
appearance-cover = Cover of the catalogue
appearance-image-hint = PNG, JPEG, GIF or icon, at most 1.4 MB.
appearance-image-now = { $image } as it is now
appearance-image-remove = Remove: { $image }

# API products
products-search = Search by name
products-versions = Versions
