using System.Globalization;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Access;

/// <summary>Failed sign-ins as documents, so that who guesses at several servers is counted once. Names and addresses stand there as hashes only.</summary>
/// <param name="documents">The store.</param>
/// <param name="clock">The clock.</param>
internal sealed class SharedFailures(IDocumentStore documents, TimeProvider clock)
{
    private const string Kind = "sign-in-failure";

    /// <summary>So many times of one key are kept; who fails more often has to wait anyway.</summary>
    private const int MostTimes = 100;

    /// <summary>Who tries endless names must not fill the state: past it the old ones go.</summary>
    private const int MostKeys = 10_000;

    private int added;

    /// <summary>When it failed, within what counts.</summary>
    public IReadOnlyList<DateTimeOffset> Times(string key) => Read(documents.Get(Kind, Secrets.Hash(key)));

    /// <summary>Counts a failure. One that comes between reading and writing is not lost.</summary>
    public void Add(string key)
    {
        var hash = Secrets.Hash(key);
        for (var tries = 0; tries < 50; tries++)
        {
            var before = documents.Get(Kind, hash);
            var times = Read(before).Append(clock.GetUtcNow()).TakeLast(MostTimes).Select(time => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            if (documents.Swap(Kind, hash, before, string.Join(' ', times)))
                break;
        }

        if (Interlocked.Increment(ref added) % 100 == 0)
            Forget();
    }

    /// <summary>Forgets the failures of a key.</summary>
    public void Remove(string key) => documents.Put(Kind, Secrets.Hash(key), null);

    private void Forget()
    {
        var all = documents.All(Kind, MostKeys + 1);
        foreach (var (hash, text) in all.Where(pair => all.Count > MostKeys || Read(pair.Value).Count == 0))
            documents.Swap(Kind, hash, text, null);
    }

    private IReadOnlyList<DateTimeOffset> Read(string? text) =>
        [.. (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(time => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(time, CultureInfo.InvariantCulture))).Where(time => clock.GetUtcNow() - time < SignInLimit.Memory)];
}
