using Lockkeeper.Engines.PostgreSql.Sql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sql;

public sealed class StatementFactsTests
{
    [Theory]
    [InlineData("create unique index i on t (a)", "CREATE INDEX")]
    [InlineData("alter table t rename column a to b", "ALTER TABLE")]
    [InlineData("alter view v rename to w", "ALTER VIEW")]
    [InlineData("alter type t add value 'a'", "ALTER TYPE")]
    [InlineData("alter index i set (fillfactor = 70)", "ALTER INDEX")]
    [InlineData("drop materialized view a", "DROP MATERIALIZED VIEW")]
    [InlineData("insert into t values (1)", "INSERT")]
    [InlineData("start transaction", "START TRANSACTION")]
    [InlineData("rollback to a", "ROLLBACK")]
    [InlineData("create extension e", "CREATE EXTENSION")]
    [InlineData("do $$ begin end $$", "DO")]
    [InlineData("comment on table t is 'a'", "COMMENT")]
    [InlineData("create aggregate a(int) (sfunc = x, stype = int)", "CREATE AGGREGATE")]
    [InlineData("set time zone 'utc'", "SET")]
    [InlineData("import foreign schema a from server b into c", "IMPORT FOREIGN SCHEMA")]
    public void the_command_is_named_as_in_the_command_tag(string sql, string command) => Facts(sql).Command.ShouldBe(command);

    [Theory]
    [InlineData("begin", true)]
    [InlineData("start transaction", true)]
    [InlineData("commit", true)]
    [InlineData("end", true)]
    [InlineData("rollback", true)]
    [InlineData("prepare transaction 'a'", true)]
    [InlineData("savepoint a", false)]
    [InlineData("release a", false)]
    [InlineData("rollback to savepoint a", false)]
    [InlineData("select 1", false)]
    public void transaction_control_is_seen(string sql, bool controls) => Facts(sql).ControlsTransaction.ShouldBe(controls);

    [Theory]
    [InlineData("set a.b = 1", true)]
    [InlineData("set local a.b = 1", false)]
    [InlineData("set session authorization x", true)]
    [InlineData("set role x", true)]
    [InlineData("set local role x", false)]
    [InlineData("reset all", true)]
    [InlineData("set transaction read only", false)]
    [InlineData("set session characteristics as transaction read only", true)]
    [InlineData("set constraints all deferred", false)]
    [InlineData("select set_config('a.b', '1', false)", true)]
    [InlineData("select pg_catalog.set_config('search_path', '', false)", true)]
    [InlineData("select set_config('a.b', '1', true)", false)]
    [InlineData("select set_config('a.b', '1', $1)", true)]
    [InlineData("insert into t select set_config('a.b', '1', 'f')", true)]
    [InlineData("select pg_advisory_lock(1)", true)]
    [InlineData("select pg_advisory_xact_lock(1)", false)]
    [InlineData("listen a", true)]
    [InlineData("create temp table t (a int)", true)]
    [InlineData("create temp table t (a int) on commit drop", false)]
    [InlineData("create table pg_temp.t (a int)", true)]
    [InlineData("create temp table t as select 1", true)]
    [InlineData("select 1 as a into temp t", true)]
    [InlineData("create temp view v as select 1", true)]
    [InlineData("create temp sequence s", true)]
    [InlineData("create function pg_temp.f() returns int language sql as 'select 1'", true)]
    [InlineData("prepare p as select 1", true)]
    [InlineData("declare c cursor with hold for select 1", true)]
    [InlineData("declare c cursor for select 1", false)]
    [InlineData("load 'a'", true)]
    [InlineData("discard temp", true)]
    [InlineData("alter role x set a.b = 1", false)]
    public void what_outlives_the_transaction_in_the_session_is_seen(string sql, bool changes) =>
        Facts(sql).ChangesSession.ShouldBe(changes);

    [Theory]
    [InlineData("drop table orders, s.\"Old Items\" cascade", "table orders|table s.\"Old Items\"")]
    [InlineData("alter table public.orders drop column note, drop column if exists \"select\"", "column public.orders.note|column public.orders.\"select\"")]
    [InlineData("truncate orders, items", "all rows of orders|all rows of items")]
    [InlineData("delete from orders", "rows of orders (DELETE without WHERE)")]
    [InlineData("delete from only orders where true", "rows of orders (DELETE without WHERE)")]
    [InlineData("delete from orders where id = 1", "")]
    [InlineData("with d as (delete from a returning *) insert into b select * from d", "rows of a (DELETE without WHERE)")]
    [InlineData("explain delete from a", "")]
    [InlineData("explain analyze delete from a", "rows of a (DELETE without WHERE)")]
    [InlineData("drop type a.b", "type a.b")]
    [InlineData("drop schema a cascade", "schema a")]
    [InlineData("drop database a", "database a")]
    [InlineData("drop sequence a", "sequence a")]
    [InlineData("drop materialized view a", "materialized view a")]
    [InlineData("drop extension a", "extension a")]
    [InlineData("drop owned by a", "everything that role a owns")]
    [InlineData("alter type a drop attribute b", "attribute a.b")]
    [InlineData("drop index a", "")]
    [InlineData("drop view a", "")]
    [InlineData("drop function a()", "")]
    [InlineData("alter table a drop constraint b", "")]
    public void losses_are_named(string sql, string losses) => string.Join('|', Facts(sql).Losses).ShouldBe(losses);

    [Theory]
    [InlineData("create index i on t (a)", true)]
    [InlineData("create index concurrently i on t (a)", false)]
    [InlineData("alter table t alter a type bigint", true)]
    [InlineData("alter table t alter a set not null", true)]
    [InlineData("alter table t add check (a > 0)", true)]
    [InlineData("alter table t add check (a > 0) not valid", false)]
    [InlineData("alter table t add foreign key (a) references b", true)]
    [InlineData("alter table t add foreign key (a) references b not valid", false)]
    [InlineData("alter table t add unique (a)", true)]
    [InlineData("alter table t add unique using index i", false)]
    [InlineData("alter table t validate constraint c", true)]
    [InlineData("alter table t add column a int", false)]
    [InlineData("alter table t add column a int not null default 1", false)]
    [InlineData("alter table t add column a timestamptz default now()", false)]
    [InlineData("alter table t add column a timestamptz default current_timestamp", false)]
    [InlineData("alter table t add column a timestamptz default clock_timestamp()", true)]
    [InlineData("alter table t add column a uuid default gen_random_uuid()", true)]
    [InlineData("alter table t add column a int default my_function()", true)]
    [InlineData("alter table t add column a serial", true)]
    [InlineData("alter table t add column a int generated always as identity", true)]
    [InlineData("alter table t add column a int generated always as (1) stored", true)]
    [InlineData("alter table t add column a int references b", false)]
    [InlineData("alter table t add column a int default 1 references b", true)]
    [InlineData("alter table t add column a int unique", true)]
    [InlineData("alter table t drop column a", false)]
    [InlineData("alter table t set unlogged", true)]
    [InlineData("vacuum full t", true)]
    [InlineData("vacuum t", false)]
    [InlineData("cluster t", true)]
    [InlineData("update t set a = 1", true)]
    [InlineData("update t set a = 1 where b = 2", false)]
    [InlineData("refresh materialized view m", true)]
    [InlineData("alter domain d add check (value > 0)", true)]
    [InlineData("alter domain d add check (value > 0) not valid", false)]
    [InlineData("create table t (a int primary key)", false)]
    public void work_through_the_data_under_a_lock_is_seen(string sql, bool scans) => Facts(sql).ScansOrRewrites.ShouldBe(scans);

    [Fact]
    public void what_is_outside_of_transactions_and_not_an_index_is_known_by_its_name()
    {
        Facts("alter table s.log detach partition \"Log 1\" concurrently").PartitionDetach.ShouldBe(new PartitionDetach("s.log", "\"Log 1\""));
        Facts("alter table log detach partition log_1").PartitionDetach.ShouldBeNull();
        Facts("create database \"Shop\"").SharedObject.ShouldBe(new SharedObject(SharedObjectKind.Database, "Shop", IsCreated: true));
        Facts("drop database if exists shop").SharedObject.ShouldBe(new SharedObject(SharedObjectKind.Database, "shop", IsCreated: false));
        Facts("create tablespace fast location '/fast'").SharedObject.ShouldBe(new SharedObject(SharedObjectKind.Tablespace, "fast", IsCreated: true));
        Facts("drop subscription s").SharedObject.ShouldBe(new SharedObject(SharedObjectKind.Subscription, "s", IsCreated: false));
        Facts("create table t ()").SharedObject.ShouldBeNull();
    }

    [Fact]
    public void the_index_of_a_concurrent_statement_is_known()
    {
        Facts("create index concurrently if not exists \"My Index\" on s.t (a)").ConcurrentIndex
            .ShouldBe(new ConcurrentIndex(ConcurrentIndexAction.Create, "s", "t", "My Index", IfNotExists: true));
        Facts("create index concurrently on t (a)").ConcurrentIndex
            .ShouldBe(new ConcurrentIndex(ConcurrentIndexAction.Create, null, "t", null, IfNotExists: false));
        Facts("reindex index concurrently s.i").ConcurrentIndex
            .ShouldBe(new ConcurrentIndex(ConcurrentIndexAction.Reindex, "s", null, "i", IfNotExists: false));
        Facts("reindex table concurrently t").ConcurrentIndex
            .ShouldBe(new ConcurrentIndex(ConcurrentIndexAction.Reindex, null, "t", null, IfNotExists: false));
        Facts("drop index concurrently if exists s.i").ConcurrentIndex
            .ShouldBe(new ConcurrentIndex(ConcurrentIndexAction.Drop, "s", null, "i", IfNotExists: false));
        Facts("create index i on t (a)").ConcurrentIndex.ShouldBeNull();
        Facts("reindex table t").ConcurrentIndex.ShouldBeNull();
    }

    [Theory]
    [InlineData("create index concurrently i on t (a)")]
    [InlineData("drop index concurrently i")]
    [InlineData("reindex (concurrently) table t")]
    [InlineData("vacuum (analyze) t")]
    [InlineData("create database d")]
    [InlineData("alter system set a.b = 1")]
    [InlineData("alter table t detach partition p concurrently")]
    [InlineData("discard all")]
    public void what_cannot_run_in_a_transaction_says_why(string sql) =>
        Facts(sql).CannotRunInTransaction.ShouldNotBeNull().ShouldNotEndWith(".");

    [Theory]
    [InlineData("create table s.\"New\" (a int)", "s.\"New\"")]
    [InlineData("create table if not exists t (a int)", "")]
    [InlineData("create table t as select 1", "t")]
    [InlineData("create materialized view if not exists m as select 1", "")]
    [InlineData("create materialized view m as select 1", "m")]
    [InlineData("select 1 as a into t", "t")]
    [InlineData("create foreign table f (a int) server s", "f")]
    [InlineData("create index i on t (a)", "")]
    public void what_is_surely_new_is_known(string sql, string creates) => string.Join('|', Facts(sql).Creates).ShouldBe(creates);

    [Fact]
    public void names_of_with_and_targets_of_into_are_not_relations()
    {
        Facts("with a as (select * from b) select * from a join s.c on true").Locks
            .ShouldBe([new LockFact("ACCESS SHARE", "s.c"), new LockFact("ACCESS SHARE", "b")], ignoreOrder: true);
        Facts("select * into n from b").Locks.ShouldBe([new LockFact("ACCESS SHARE", "b")]);
        Facts("create table n as select * from b").Locks.ShouldBe([new LockFact("ACCESS SHARE", "b")]);
    }

    private static StatementFacts Facts(string sql) => SqlParser.Analyze(SqlSplitter.Split(sql, "a.sql")[0]);
}
