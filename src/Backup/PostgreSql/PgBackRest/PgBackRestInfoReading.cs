namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Asks pgBackRest what the repositories hold, each by itself: a store that does not answer keeps it busy for minutes, and what the others hold is known at once.</summary>
internal static class PgBackRestInfoReading
{
    // It asks for four files, each again and again for this long. Between two bytes of an answer so much time does not pass.
    private const string Patience = "--io-timeout=5";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What all of them hold.</summary>
    /// <param name="program">The program.</param>
    /// <param name="site">The cluster.</param>
    /// <param name="cancel">Stops asking.</param>
    public static async Task<PgBackRestInfo> ReadAsync(PgBackRestProgram program, PgBackRestSite site, CancellationToken cancel) =>
        PgBackRestInfo.Of(await Task.WhenAll(Enumerable.Range(1, site.Policy.Repositories.Count).Select(number => ReadAsync(program, site, number, cancel))));

    private static async Task<PgBackRestInfo> ReadAsync(PgBackRestProgram program, PgBackRestSite site, int repository, CancellationToken cancel)
    {
        var answer = await program.TryAsync([Patience, $"--repo={repository}", "--output=json", "info"], Limit, cancel, keepLines: int.MaxValue);
        if (answer.TimedOut)
            return PgBackRestInfo.Silent(repository, $"it does not answer within {Kernel.Config.Durations.Words(Limit)}");
        return answer.Succeeded ? PgBackRestInfo.Parse(answer.Output, site.SegmentBytes) : throw program.Error("info", answer, Limit);
    }
}
