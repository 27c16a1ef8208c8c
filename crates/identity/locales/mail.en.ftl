# Mails to users. Each stands alone: subject, one paragraph, one link, one line of small print.
hello = Hello { $name },
verify-subject = Confirm your email address for { $tenant }
verify-lead = please confirm that this address is yours.
verify-action = Confirm my address
verify-small = The link works once, within { $hours } hours. If you have no account at { $tenant }, ignore this mail.
reset-subject = Set a new password for { $tenant }
reset-lead = somebody, hopefully you, asked to set a new password for your account at { $tenant }.
reset-action = Set a new password
reset-small = The link works once, within { $hours } hours. If it was not you, ignore this mail: your password stays as it is.
blocked-subject = Too many wrong passwords for your account at { $tenant }
blocked-lead = somebody tried many wrong passwords for your account at { $tenant }. Sign-in from that network address is blocked. If it was you, set a new password: that lifts the block.
blocked-action = Set a new password
blocked-small = The link works once, within { $hours } hours. If it was not you, you need not do anything.
link-fallback = If the button does not work, copy this address into your browser:
