//! Documents of the shape of the well-known JSON benchmarks `twitter`, `citm_catalog` and `canada`, with made-up content.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::data::Random;

#[derive(Clone, Serialize, Deserialize)]
pub struct Twitter {
    statuses: Vec<Status>,
    search_metadata: Metadata,
}

#[derive(Clone, Serialize, Deserialize)]
struct Status {
    metadata: StatusMetadata,
    created_at: String,
    id: u64,
    id_str: String,
    text: String,
    source: String,
    truncated: bool,
    in_reply_to_status_id: Option<u64>,
    in_reply_to_screen_name: Option<String>,
    user: User,
    retweeted_status: Option<Box<Status>>,
    retweet_count: u32,
    favorite_count: u32,
    entities: Entities,
    favorited: bool,
    lang: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct StatusMetadata {
    result_type: String,
    iso_language_code: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct User {
    id: u64,
    id_str: String,
    name: String,
    screen_name: String,
    location: String,
    description: String,
    url: Option<String>,
    protected: bool,
    followers_count: u32,
    friends_count: u32,
    created_at: String,
    utc_offset: Option<i32>,
    time_zone: Option<String>,
    verified: bool,
    lang: String,
    profile_background_color: String,
    profile_image_url: String,
    default_profile: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entities {
    hashtags: Vec<Hashtag>,
    urls: Vec<String>,
    user_mentions: Vec<Mention>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Hashtag {
    text: String,
    indices: Vec<u8>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Mention {
    screen_name: String,
    name: String,
    id: u64,
    indices: Vec<u8>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Metadata {
    completed_in: f64,
    max_id: u64,
    query: String,
    count: u32,
}

pub fn twitter(count: usize) -> Twitter {
    let mut random = Random(11);
    Twitter {
        statuses: (0..count).map(|_| status(&mut random, true)).collect(),
        search_metadata: Metadata {
            completed_in: 0.087,
            max_id: 505_874_924_095_815_700,
            query: "%E4%B8%80".to_owned(),
            count: count as u32,
        },
    }
}

fn words(random: &mut Random, count: u64) -> String {
    const WORDS: [&str; 8] = ["名前", "一緒に", "news", "こんにちは", "the", "today", "リツイート", "@everyone"];
    (0..count).map(|_| WORDS[random.below(8) as usize]).collect::<Vec<_>>().join(" ")
}

fn status(random: &mut Random, may_repeat: bool) -> Status {
    let id = 505_874_000_000_000_000 + random.below(1 << 40);
    let text_words = 4 + random.below(14);
    Status {
        metadata: StatusMetadata { result_type: "recent".to_owned(), iso_language_code: "ja".to_owned() },
        created_at: "Sun Aug 31 00:29:15 +0000 2014".to_owned(),
        id,
        id_str: id.to_string(),
        text: words(random, text_words),
        source: "<a href=\"https://example.org/download/iphone\" rel=\"nofollow\">Client for phones</a>".to_owned(),
        truncated: false,
        in_reply_to_status_id: (random.below(4) == 0).then_some(id - 1000),
        in_reply_to_screen_name: (random.below(4) == 0).then(|| "someone_else".to_owned()),
        user: user(random),
        retweeted_status: (may_repeat && random.below(2) == 0).then(|| Box::new(status(random, false))),
        retweet_count: random.below(100) as u32,
        favorite_count: random.below(10) as u32,
        entities: Entities {
            hashtags: (0..random.below(3)).map(|_| Hashtag { text: words(random, 1), indices: vec![3, 19] }).collect(),
            urls: Vec::new(),
            user_mentions: (0..random.below(3))
                .map(|_| Mention {
                    screen_name: "someone".to_owned(),
                    name: words(random, 2),
                    id: random.below(1 << 32),
                    indices: vec![0, 9],
                })
                .collect(),
        },
        favorited: false,
        lang: "ja".to_owned(),
    }
}

fn user(random: &mut Random) -> User {
    let id = random.below(1 << 32);
    let description_words = random.below(20);
    User {
        id,
        id_str: id.to_string(),
        name: words(random, 2),
        screen_name: format!("user_{id}"),
        location: words(random, 1),
        description: words(random, description_words),
        url: (random.below(3) == 0).then(|| "https://example.org/t/abcdef".to_owned()),
        protected: false,
        followers_count: random.below(5000) as u32,
        friends_count: random.below(1000) as u32,
        created_at: "Tue Feb 08 06:29:24 +0000 2011".to_owned(),
        utc_offset: (random.below(2) == 0).then_some(32400),
        time_zone: (random.below(2) == 0).then(|| "Tokyo".to_owned()),
        verified: false,
        lang: "ja".to_owned(),
        profile_background_color: format!("{:06X}", random.below(1 << 24)),
        profile_image_url: format!("https://img.example.org/profile_images/{id}/normal.jpeg"),
        default_profile: true,
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Citm {
    #[serde(rename = "areaNames")]
    area_names: BTreeMap<String, String>,
    events: BTreeMap<String, Event>,
    performances: Vec<Performance>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    description: Option<String>,
    id: u32,
    logo: Option<String>,
    name: String,
    sub_topic_ids: Vec<u32>,
    subject_code: Option<String>,
    subtitle: Option<String>,
    topic_ids: Vec<u32>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Performance {
    event_id: u32,
    id: u32,
    logo: Option<String>,
    name: Option<String>,
    prices: Vec<Price>,
    seat_categories: Vec<SeatCategory>,
    seat_map_image: Option<String>,
    start: u64,
    venue_code: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Price {
    amount: u32,
    audience_sub_category_id: u32,
    seat_category_id: u32,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SeatCategory {
    areas: Vec<Area>,
    seat_category_id: u32,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Area {
    area_id: u32,
    block_ids: Vec<u32>,
}

pub fn citm(count: usize) -> Citm {
    let mut random = Random(12);
    let id = |at: usize| 138_586_341 + at as u32;
    Citm {
        area_names: (0..17).map(|at| ((205_705_993 + at).to_string(), format!("Balcon, rang {at}"))).collect(),
        events: (0..count)
            .map(|at| {
                let event = Event {
                    description: None,
                    id: id(at),
                    logo: (random.below(2) == 0).then(|| "/images/UE0AAAAACEKo6QAAAAZDSVRN".to_owned()),
                    name: format!("30th Anniversary Tour, evening {at}"),
                    sub_topic_ids: (0..1 + random.below(4)).map(|topic| 337_184_262 + topic as u32).collect(),
                    subject_code: None,
                    subtitle: None,
                    topic_ids: vec![324_846_099, 107_888_604],
                };
                (id(at).to_string(), event)
            })
            .collect(),
        performances: (0..count + count / 3)
            .map(|at| Performance {
                event_id: id(at % count.max(1)),
                id: 339_887_544 + at as u32,
                logo: None,
                name: None,
                prices: (0..2 + random.below(5))
                    .map(|price| Price {
                        amount: 90_250 - 1000 * price as u32,
                        audience_sub_category_id: 337_100_890,
                        seat_category_id: 338_937_295 + price as u32,
                    })
                    .collect(),
                seat_categories: (0..2 + random.below(4))
                    .map(|seat| SeatCategory {
                        areas: (0..1 + random.below(8))
                            .map(|area| Area { area_id: 205_705_999 + area as u32, block_ids: Vec::new() })
                            .collect(),
                        seat_category_id: 338_937_295 + seat as u32,
                    })
                    .collect(),
                seat_map_image: None,
                start: 1_372_701_600_000 + 3_600_000 * at as u64,
                venue_code: "PLEYEL_PLEYEL".to_owned(),
            })
            .collect(),
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Canada {
    r#type: String,
    features: Vec<Feature>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Feature {
    r#type: String,
    properties: BTreeMap<String, String>,
    geometry: Geometry,
}

#[derive(Clone, Serialize, Deserialize)]
struct Geometry {
    r#type: String,
    coordinates: Vec<Vec<Vec<f64>>>,
}

/// As Python's json module reads it, a point is a list of two floats.
pub fn canada(count: usize) -> Canada {
    let mut random = Random(13);
    let mut point = || {
        let mut degrees = |from: f64| from + random.below(20_000_000) as f64 / 1e6;
        vec![degrees(-140.0), degrees(42.0)]
    };
    let coordinates = (0..count / 120 + 1).map(|_| (0..120).map(|_| point()).collect()).collect();
    Canada {
        r#type: "FeatureCollection".to_owned(),
        features: vec![Feature {
            r#type: "Feature".to_owned(),
            properties: BTreeMap::from([("name".to_owned(), "Canada".to_owned())]),
            geometry: Geometry { r#type: "Polygon".to_owned(), coordinates },
        }],
    }
}
