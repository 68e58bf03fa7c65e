using System.Text.RegularExpressions;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>What every answer to bad input has: a numbered error, a hint, a place where there is one, and nothing of our insides.</summary>
internal static partial class BadInputAnswer
{
    /// <summary>Fails unless lk ended with this exit code and this error.</summary>
    /// <param name="result">What lk answered.</param>
    /// <param name="exit">The exit code.</param>
    /// <param name="code">The error's number, for example <c>LK3009</c>.</param>
    /// <param name="at">The place, for example <c>migrations/0001_a.up.sql:1:1</c>; null when the input has none.</param>
    public static void ShouldRefuse(this LkResult result, int exit, string code, string? at = null)
    {
        result.ExitCode.ShouldBe(exit, result.ToString());
        result.Errors.ShouldContain($"{code}: ");
        result.Errors.ShouldContain("HINT: ");
        if (at is not null)
            $"{result.Errors}\n".ShouldContain($"at {at}\n", customMessage: result.ToString());
        result.ShouldShowNoInsides();
    }

    /// <summary>Fails when a stack trace or the name of an exception is in the answer.</summary>
    public static void ShouldShowNoInsides(this LkResult result)
    {
        StackTrace().IsMatch(result.Output + result.Errors).ShouldBeFalse(result.ToString());
        result.Errors.ShouldNotContain("LK1003");
    }

    /// <summary>Everything in a database that a run can change: its relations with their columns, and the history.</summary>
    public static async Task<string> StateAsync(this TestDatabase database)
    {
        var relations = await database.ScalarAsync(
            """
            SELECT string_agg(c.oid::regclass || '(' || coalesce((SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped), '') || ')', ' ' ORDER BY c.oid::regclass::text)
            FROM pg_class c WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND c.relnamespace::regnamespace::text !~ '^(pg_|lockkeeper$)'
            """);
        if (await database.ScalarAsync("SELECT to_regclass('lockkeeper.migrations')::text") is null)
            return relations ?? "";
        return relations + " | " + await database.ScalarAsync(
            """
            SELECT concat_ws(' | ', (SELECT string_agg(concat_ws(' ', series, id, sha256, outcome, run), ', ' ORDER BY applied_order) FROM lockkeeper.migrations),
                (SELECT string_agg(concat_ws(' ', id, done, sha256), ', ' ORDER BY id) FROM lockkeeper.intents))
            """);
    }

    /// <summary>Whether schema lockkeeper is there.</summary>
    public static async Task<bool> HasStoreAsync(this TestDatabase database) =>
        await database.ScalarAsync("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'lockkeeper'") == "1";

    [GeneratedRegex(@"^\s+at \w+[\w.<>`]*\(|\w+Exception\b", RegexOptions.Multiline, 1000)]
    private static partial Regex StackTrace();
}
