//! What a user's JSON may hold.
//!
//! Source: the vendor's OpenAPI document for `POST /users` and `PATCH /users/{id}`.

use crate::management::schema::{
    ABSOLUTE_URI_OR_EMPTY, EMAIL, Object, PHONE_NUMBER, USER_ID, any_object, boolean, optional,
    required, text,
};

macro_rules! members {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            optional("email", text(320).format(&EMAIL)),
            optional("email_verified", boolean()),
            optional("phone_number", text(30).format(&PHONE_NUMBER)),
            optional("phone_verified", boolean()),
            optional("username", text(128).min(1)),
            optional("password", text(1024).min(1)),
            optional("blocked", boolean()),
            optional("user_metadata", any_object()),
            optional("app_metadata", any_object()),
            optional("given_name", text(150).min(1)),
            optional("family_name", text(150).min(1)),
            optional("name", text(300).min(1)),
            optional("nickname", text(300).min(1)),
            optional("picture", text(2048).format(&ABSOLUTE_URI_OR_EMPTY)),
            optional("verify_email", boolean()),
        ]
    };
}

/// The body of `POST /users`.
pub(super) static CREATE: Object = Object {
    members: members![
        required("connection", text(128).min(1)),
        optional("user_id", text(255).min(1).format(&USER_ID)),
    ],
};

/// The body of `PATCH /users/{id}`.
pub(super) static CHANGE: Object = Object {
    members: members![
        optional("connection", text(128).min(1)),
        optional("client_id", text(255).min(1)),
        optional("verify_phone_number", boolean()),
        optional("verify_password", boolean()),
    ],
};
