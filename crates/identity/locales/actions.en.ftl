# Actions in the console.

actions-title = Actions
actions-lead = Your own code at points of the tenant's flows.
actions-library = Library
actions-triggers = Triggers
actions-executions = Runs
actions-new = Build an Action
actions-new-lead = It begins with the trigger's template, and does nothing until it is deployed and added to its trigger.
actions-create = Create
actions-none = No Actions yet
actions-none-next = Deny tokens, add claims, check sign-ups or rename applications with a few lines of JavaScript.
actions-refused = That cannot be done

field-name = Name
field-trigger = Trigger
field-state = State
field-changed = Changed
field-code = Code
field-dependencies = Packages
field-event = Event
field-secret-name = New secret
field-secret-value = Value
field-version = Version
field-deployed = Deployed
field-action = Action
field-time = Time
field-actions = Actions
field-took = Took
field-execution = Run
field-client = Client
field-user = User

cancel = Cancel
saved = The draft is saved.
deployed = Version { $number } is deployed.
deleted = { $name } is removed.
bound = The Action runs at this trigger from now on.
unbound = The Action does not run at this trigger any more.
reordered = The order is changed.

state-draft = Draft
state-building = Being built
state-failed = Does not build
state-changed = Deployed, with changes
state-deployed = Deployed
state-bound = In use
state-runs = Runs now

trigger-post-login = Login / Post Login
trigger-post-login-hint = After a user has signed in, and when a refresh token is exchanged.
trigger-credentials-exchange = Machine to Machine
trigger-credentials-exchange-hint = Before a client that acts for itself gets its access token.
trigger-pre-user-registration = Pre User Registration
trigger-pre-user-registration-hint = Before an account is made.
trigger-post-user-registration = Post User Registration
trigger-post-user-registration-hint = After an account was made; nobody waits for it.
trigger-client-registration = Client Registration
trigger-client-registration-hint = Before a client is kept, whether it registers itself or is made over the Management API.
trigger-count = { $count ->
    [0] Nothing runs here.
    [one] One Action runs here.
   *[other] { $count } Actions run here.
}

invalid-name = Enter a name of up to 300 characters.
invalid-name-long = Choose a name of up to 300 characters.
invalid-name-taken = Another Action has this name: choose another one.
invalid-trigger = Choose a trigger.
invalid-code = The code may have { $limit } bytes.
invalid-dependencies = Name up to ten packages, one a line.
invalid-event = The event must be a JSON object.

code-hint = JavaScript. Tab indents; press Escape first to leave the editor with Tab.
building-lead = The draft is being built. Load the page again in a moment.
save-draft = Save draft
test = Save and test
deploy = Save and deploy
fault-line = Line { $line }:
fault-stack = Stack trace
settings-title = Settings
dependencies-hint = npm packages, one a line: axios, or axios@1.7.0
secrets-title = Secrets
secrets-hint = Read them as event.secrets.NAME. Values are sealed and never shown again.
secret-kept = unchanged
secret-remove = Remove { $name }

event-title = Test event
event-hint = JSON. The test really sends the requests of your code; what it asks of api is only shown.
trial-title = Test result
trial-succeeded = The Action returned.
trial-failed = The Action failed.
trial-took = { $time } ms, { $memory } KB of memory.
trial-console = Console
trial-console-empty = Nothing was written to the console.
trial-commands = Calls on api
trial-commands-empty = None.

versions-title = Versions
versions-lead = What was deployed, the newest first.
versions-none = Nothing was deployed yet.
version-number = Version { $number }
diff-title = From this version to the draft
diff-hint = Lines with a minus are in this version alone, lines with a plus in the draft alone.
diff-none = The draft says the same as this version.
roll-back = Deploy this version again
roll-back-lead = It becomes the newest version, and the draft says the same.

delete-title = Remove { $name }?
delete-lead = The Action, its draft, its versions and its secrets are gone afterwards. Runs stay in the list.
delete-bound = It runs at the trigger { $trigger }, which goes on without it.
delete-button = Remove the Action

triggers-lead = Where Actions run. Each trigger runs its own, one after the other.
flow-title = What runs, in order
flow-empty = Nothing runs here.
bind-title = Add an Action
bind-none = There is no other deployed Action for this trigger.
bind = Add
move-up = Move { $name } up
move-down = Move { $name } down
unbind = Take { $name } out

executions-lead = What came of each run in the last ten days.
executions-none = No runs
executions-none-next = A run appears here when an Action that is added to a trigger has run.
executions-failed = Only those that failed
executions-all = All runs
ending-final = Done
ending-failed = Failed
ending-suspended = User sent away
took = { $time } ms
memory = { $memory } KB
