namespace Lockkeeper.Bench.ObserveScrape;

/// <summary>What a scrape took.</summary>
/// <param name="Milliseconds">From asking to the last byte.</param>
/// <param name="ServerSeconds">The server's processor time.</param>
/// <param name="Bytes">The size of the page.</param>
internal sealed record Scrape(double Milliseconds, double ServerSeconds, long Bytes);
