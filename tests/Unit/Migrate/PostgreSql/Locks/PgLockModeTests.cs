using Lockkeeper.Migrate.PostgreSql.Locks;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Locks;

/// <summary>Lock modes: their words, and which keep each other out.</summary>
public sealed class PgLockModeTests
{
    private static readonly string[] Modes = ["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"];

    [Theory]
    [InlineData("AccessExclusiveLock", "ACCESS EXCLUSIVE")]
    [InlineData("ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE")]
    [InlineData("RowShareLock", "ROW SHARE")]
    public void modes_read_as_in_the_manual(string mode, string words) => PgLockMode.Words(mode).ShouldBe(words);

    [Fact]
    public void they_conflict_as_the_manuals_table_says()
    {
        // PostgreSQL manual, table "Conflicting Lock Modes", row by row in the order above.
        string[] rows = [".......x", "......xx", "....xxxx", "...xxxxx", "..xx.xxx", "..xxxxxx", ".xxxxxxx", "xxxxxxxx"];
        foreach (var (i, one) in Modes.Index())
            string.Concat(Modes.Select(other => PgLockMode.Conflict(one, other) ? 'x' : '.')).ShouldBe(rows[i], one);
    }
}
