using Lockkeeper.Provision.Rds.Comparing;
using Lockkeeper.Provision.Rds.Reading;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Provision.Rds;

/// <summary>Values of parameters as people write them and as the service keeps them.</summary>
public sealed class ServiceParameterValueTests
{
    [Theory]
    [InlineData("work_mem", "64MB", "65536")]
    [InlineData("shared_buffers", "1GB", "131072")]
    [InlineData("max_wal_size", "2GB", "2048")]
    [InlineData("statement_timeout", "30s", "30000")]
    [InlineData("checkpoint_timeout", "15min", "900")]
    [InlineData("work_mem", "65536", "65536")]
    [InlineData("autovacuum_vacuum_scale_factor", "0.1", "0.1")]
    [InlineData("shared_buffers", "{DBInstanceClassMemory/32768}", "{DBInstanceClassMemory/32768}")]
    [InlineData("search_path", "app", "app")]
    public void a_unit_becomes_the_parameters_own(string name, string written, string sent) => ServiceParameterValue.Sent(name, written, null, isPostgreSql: true).ShouldBe(sent);

    [Theory]
    [InlineData("max_allowed_packet", "64M", "67108864")]
    [InlineData("innodb_buffer_pool_size", "1GB", "1073741824")]
    [InlineData("wait_timeout", "10min", "600")]
    public void sizes_of_mysql_are_in_bytes_and_times_in_seconds(string name, string written, string sent) => ServiceParameterValue.Sent(name, written, null, isPostgreSql: false).ShouldBe(sent);

    [Theory]
    [InlineData("on", "0,1", "1")]
    [InlineData("false", "0,1", "0")]
    [InlineData("1", "on,off", "on")]
    public void a_flag_is_written_as_the_service_writes_it(string written, string allowed, string sent) => ServiceParameterValue.Sent("autovacuum", written, Known("boolean", allowed), isPostgreSql: true).ShouldBe(sent);

    [Theory]
    [InlineData("{DBInstanceClassMemory/32768}", "{ dbinstanceclassmemory / 32768 }", true)]
    [InlineData("GREATEST({log(DBInstanceClassMemory/805306368)*45},1000)", "GREATEST( {log(DBInstanceClassMemory/805306368)*45}, 1000 )", true)]
    [InlineData("0.90", "0.9", true)]
    [InlineData("on", "1", true)]
    [InlineData("pg_stat_statements, pgaudit", "pg_stat_statements,pgaudit", true)]
    [InlineData("{DBInstanceClassMemory/32768}", "{DBInstanceClassMemory/16384}", false)]
    [InlineData("pgaudit,pg_stat_statements", "pg_stat_statements,pgaudit", false)]
    [InlineData("10", "11", false)]
    public void values_are_compared_by_their_meaning(string one, string other, bool same) => ServiceParameterValue.IsSame(one, other, null).ShouldBe(same);

    [Theory]
    [InlineData("5", "integer", "-1-100", null)]
    [InlineData("101", "integer", "-1-100", "101 is not from -1 to 100")]
    [InlineData("many", "integer", "1-100", "'many' is no number from 1 to 100")]
    [InlineData("{a/2}", "integer", "1-100", null)]
    [InlineData("DDL", "string", "none,ddl,all", null)]
    [InlineData("some", "string", "none,ddl,all", "'some' is none of none,ddl,all")]
    [InlineData("a,c", "list", "a,b", "'c' is none of a,b")]
    [InlineData("yes", "boolean", "0,1", null)]
    [InlineData("anything", "string", null, null)]
    public void what_the_service_would_not_take_is_known_before(string value, string type, string? allowed, string? refusal) => ServiceParameterValue.Refusal(value, Known(type, allowed)).ShouldBe(refusal);

    private static KnownParameter Known(string type, string? allowed) => new("p", type, allowed, IsStatic: false, IsModifiable: true, null);
}
