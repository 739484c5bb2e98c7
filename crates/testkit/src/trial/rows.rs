//! Whole rows, whatever their table: what a change wrote, and the same written again without us.

#![expect(clippy::panic, reason = "whatever goes wrong in a trial fails its test")]

use super::bare::{Bare, Type, Value};
use std::collections::BTreeMap;

/// A table of ours.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<(String, Type)>,
    /// Places of the key's columns among them.
    key: Vec<usize>,
}

/// Rows by table and key.
pub type Rows = BTreeMap<(String, Vec<Value>), Vec<Value>>;

/// One row that differs.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new row.
    Insert(String, Vec<Value>),
    /// A row that changed, as it is now.
    Update(String, Vec<Value>),
    /// A row that is gone, by its key.
    Delete(String, Vec<Value>),
}

impl Change {
    /// The table.
    pub fn table(&self) -> &str {
        let (Self::Insert(table, _) | Self::Update(table, _) | Self::Delete(table, _)) = self;
        table
    }
}

/// All tables, with the statements that write a row.
pub struct Schema {
    tables: BTreeMap<String, (Table, Statements)>,
}

struct Statements {
    select: String,
    insert: String,
    update: String,
    delete: String,
}

impl Table {
    fn statements(&self, postgres: bool) -> Statements {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let (table, list) = (&self.name, names.join(", "));
        let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
        // A number the database gives is written as it was given.
        let number = if postgres && table == "audit_pending" { "OVERRIDING SYSTEM VALUE " } else { "" };
        let equal = |n: &usize| format!("{} = ${}", names[*n], n + 1);
        let others = (0..names.len()).filter(|n| !self.key.contains(n));
        let set: Vec<String> = others.map(|n| equal(&n)).collect();
        let key: Vec<String> = self.key.iter().map(equal).collect();
        let found: Vec<String> =
            self.key.iter().enumerate().map(|(at, n)| format!("{} = ${}", names[*n], at + 1)).collect();
        Statements {
            select: format!("SELECT {list} FROM {table}"),
            insert: format!("INSERT INTO {table} ({list}) {number}VALUES ({})", places.join(", ")),
            update: format!("UPDATE {table} SET {} WHERE {}", set.join(", "), key.join(" AND ")),
            delete: format!("DELETE FROM {table} WHERE {}", found.join(" AND ")),
        }
    }
}

impl Schema {
    /// Reads what there is.
    pub async fn of(bare: &mut Bare) -> Self {
        let sql = if bare.is_postgres() {
            "SELECT c.table_name::text, c.column_name::text, c.data_type::text, \
             COALESCE((SELECT k.ordinal_position::bigint FROM information_schema.table_constraints t \
                JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name) \
                WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_name = c.table_name \
                AND k.column_name = c.column_name), 0) \
             FROM information_schema.columns c WHERE c.table_schema = 'public' \
             ORDER BY c.table_name, c.ordinal_position"
        } else {
            "SELECT m.name, p.name, p.type, p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p \
             WHERE m.type = 'table' ORDER BY m.name, p.cid"
        };
        let types = [Type::Text, Type::Text, Type::Text, Type::Int];
        let mut tables: BTreeMap<String, Table> = BTreeMap::new();
        for row in bare.rows(sql, &[], &types).await {
            let [
                Value::Text(Some(table)),
                Value::Text(Some(column)),
                Value::Text(Some(kind)),
                Value::Int(Some(key)),
            ] = row.as_slice()
            else {
                panic!("a column without a name")
            };
            if table.starts_with("sqlite_") || table.starts_with("_sqlx") {
                continue;
            }
            let entry = tables.entry(table.clone()).or_insert_with(|| Table {
                name: table.clone(),
                columns: Vec::new(),
                key: Vec::new(),
            });
            if *key > 0 {
                entry.key.push(entry.columns.len());
            }
            entry.columns.push((column.clone(), Type::named(kind)));
        }
        let postgres = bare.is_postgres();
        let with = |(name, table): (String, Table)| {
            let statements = table.statements(postgres);
            (name, (table, statements))
        };
        Self { tables: tables.into_iter().map(with).collect() }
    }

    /// A table.
    pub fn table(&self, name: &str) -> &Table {
        &self.tables.get(name).unwrap_or_else(|| panic!("no table {name}")).0
    }

    /// Every row there is.
    pub async fn rows(&self, bare: &mut Bare) -> Rows {
        let mut all = Rows::new();
        for (name, (table, statements)) in &self.tables {
            let types: Vec<Type> = table.columns.iter().map(|(_, kind)| *kind).collect();
            for row in bare.rows(&statements.select, &[], &types).await {
                let key = table.key.iter().map(|n| row[*n].clone()).collect();
                all.insert((name.clone(), key), row);
            }
        }
        all
    }

    /// Writes rows, in the transaction at hand.
    pub async fn write(&self, bare: &mut Bare, changes: &[Change]) {
        for change in changes {
            let (_, statements) = &self.tables[change.table()];
            let (sql, values) = match change {
                Change::Insert(_, row) => (&statements.insert, row),
                Change::Update(_, row) => (&statements.update, row),
                Change::Delete(_, key) => (&statements.delete, key),
            };
            assert_eq!(bare.run(sql, values).await, 1, "{sql}");
        }
    }
}

/// What differs, parents before children: our tables refer to earlier names only.
pub fn changes(before: &Rows, after: &Rows) -> Vec<Change> {
    let written = after.iter().filter_map(|(place, row)| match before.get(place) {
        None => Some(Change::Insert(place.0.clone(), row.clone())),
        Some(known) if known != row => Some(Change::Update(place.0.clone(), row.clone())),
        Some(_) => None,
    });
    let gone = before.keys().filter(|place| !after.contains_key(*place));
    let gone = gone.map(|(table, key)| Change::Delete(table.clone(), key.clone()));
    written.chain(gone).collect()
}
