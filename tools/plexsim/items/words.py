"""Words that generated titles, people and summaries are made of."""

from __future__ import annotations

# fmt: off
ADJECTIVES = [
    "Quiet", "Crimson", "Hollow", "Distant", "Broken", "Golden", "Silent", "Restless", "Hidden", "Burning",
    "Frozen", "Paper", "Electric", "Forgotten", "Velvet", "Midnight", "Northern", "Wandering", "Iron", "Gentle",
    "Savage", "Lucky", "Invisible", "Second", "Last",
]

NOUNS = [
    "Harbour", "River", "Orchard", "Station", "Mirror", "Garden", "Winter", "Signal", "Lantern", "Kingdom",
    "Horizon", "Machine", "Island", "Letter", "Shadow", "Bridge", "Comet", "Detective", "Circus", "Mountain",
    "Ocean", "Ferry", "Clock", "Library", "Sparrow", "Engine", "Valley",
]

PLACES = [
    "Lisbon", "Kyoto", "Bergen", "Havana", "Zürich", "Nairobi", "Osaka", "Dublin", "Łódź", "Reykjavík",
    "Valparaíso", "Tbilisi",
]

STRANGE_TITLES = [
    "千と千尋の風景", "Amélie à l'École", "Жизнь и море", 'C++ & "Quotes" <Tag>', "Pi π 3.14159", "🎬 Emoji 🍿",
    "El Niño", "1984½", "ゆき\u200bゼロ", "% Percent_Under", "O'Brien's Wäke", "שלום",
]

FIRST_NAMES = [
    "Ada", "Bruno", "Chloé", "Dmitri", "Elena", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kavya", "Liam",
    "Mireille", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Søren", "Tamsin", "Ulrich", "Vera", "Wanda",
    "Xiulan", "Yara", "Zoltán",
]

LAST_NAMES = [
    "Andersson", "Bellweather", "Castellanos", "Dubois", "Eriksen", "Fontaine", "Grigoryan", "Haddad", "Ivanova",
    "Jankowski", "Kowalczyk", "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quispe", "Rosenthal",
    "Schäfer", "Tanaka", "Usman", "Villeneuve", "Weiss", "Xavier", "Yilmaz", "Zamora",
]

GENRES = [
    "Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family", "Fantasy",
    "History", "Horror", "Music", "Mystery", "Romance", "Science Fiction", "Thriller", "War", "Western",
]

COUNTRIES = [
    "United States of America", "France", "Japan", "United Kingdom", "Germany", "Sweden", "India", "Brazil",
    "Mexico", "Canada",
]

STUDIOS = [
    "Lantern Pictures", "North Pier Films", "Blue Kiosk", "Harbourlight", "Second Unit Studios",
    "Tin Roof Television", "Paper Moon Works", "Nordic Reel",
]

MOVIE_RATINGS = [
    "G", "PG", "PG-13", "R", "NC-17", "Not Rated", "gb/15", "de/16",
]

SHOW_RATINGS = [
    "TV-Y", "TV-G", "TV-PG", "TV-14", "TV-MA",
]

SENTENCES = [
    "A stranger comes to town and nothing stays as it was.",
    "Two sisters inherit a lighthouse together with the debts of the man who built it.",
    "When the last train leaves, somebody is still on the platform.",
    "An old case is opened again, and the detective finds his own name in it.",
    "The winter lasts too long, the food does not.",
    "What began as a wager becomes a journey across three borders.",
    "Nobody believes the clockmaker, who has seen tomorrow.",
    "A family keeps a secret that the whole street knows.",
]
# fmt: on
