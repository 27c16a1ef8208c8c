//! The pictures of APIs: whoever sees the API sees its picture, and nobody else.

use serde_json::json;
use storage::params;

use crate::world::{PRODUCT, World};

const RAW: &str = "/api/v3/apis/{apiIdOrSlug}/images/{imageType}/raw";

async fn with_icon(world: &World) {
    let sql = "INSERT INTO portal_api_icon (api_product_id, media_type, content, digest, created_at, updated_at) \
               VALUES ($1, 'image/png', 'iVBORw0KGgo=', 'abc', 0, 0)";
    world.test.db.execute(sql, params![PRODUCT]).await.unwrap();
}

#[tokio::test]
async fn a_picture_is_seen_by_whoever_sees_the_api() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let icon = [PRODUCT, "icon"];
        jane.expect(404, "GET", RAW, &icon, None).await;
        with_icon(&world).await;
        let way = jane.expect(302, "GET", RAW, &icon, None).await;
        let there = way.headers["location"].to_str().unwrap().to_owned();
        let found = jane.send("GET", &there, None).await;
        assert_eq!((found.status, found.kind()), (200, Some("image/png")));
        jane.expect(404, "GET", RAW, &[PRODUCT, "cover"], None)
            .await;

        // Not signed in: neither the way nor what it leads to.
        let mut outsider = world.caller();
        outsider.expect(401, "GET", RAW, &icon, None).await;
        assert_eq!(outsider.send("GET", &there, None).await.status, 401);
        let sql = "UPDATE portal_api_product_portal SET visibility = 'public'";
        world.test.db.execute(sql, params![]).await.unwrap();
        assert_eq!(outsider.send("GET", &there, None).await.status, 200);

        // No team of hers has a role for the API.
        let sql = "UPDATE portal_portal SET rbac_enabled = $1";
        world.test.db.execute(sql, params![true]).await.unwrap();
        jane.expect(404, "GET", RAW, &icon, None).await;
        assert_eq!(jane.send("GET", &there, None).await.status, 404);
        let sql = "UPDATE portal_portal SET rbac_enabled = $1";
        world.test.db.execute(sql, params![false]).await.unwrap();
        let sql = "DELETE FROM portal_api_product_portal";
        world.test.db.execute(sql, params![]).await.unwrap();
        let gone = jane.expect(404, "GET", RAW, &icon, None).await;
        assert_eq!(gone.body["status"], json!(404));
    }
}
