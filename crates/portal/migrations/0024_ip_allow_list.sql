-- From where a portal may be reached: a JSON list of `{"id": …, "allowed_ips": […]}`; everywhere if empty.
ALTER TABLE portal_portal ADD COLUMN ip_allow_list TEXT NOT NULL DEFAULT '[]';
