"""The database: engine, transactions, migrations, encryption of personal fields."""
