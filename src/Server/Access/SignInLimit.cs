using System.Collections.Concurrent;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Access;

/// <summary>Slows down who guesses passwords: of one name and of one address only so many sign-ins may fail within a time.</summary>
/// <param name="clock">The clock.</param>
/// <param name="shared">Where servers that share a state count together; null for this server alone.</param>
internal sealed class SignInLimit(TimeProvider clock, IDocumentStore? shared = null)
{
    /// <summary>A person mistypes a few times.</summary>
    public const int MostByName = 5;

    /// <summary>Many people may sit behind one address.</summary>
    public const int MostByAddress = 30;

    /// <summary>How long a failure counts.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    /// <summary>Who tries endless names must not fill our memory.</summary>
    private const int MostKeys = 10_000;

    private readonly SharedFailures? together = shared is null ? null : new SharedFailures(shared, clock);
    private readonly ConcurrentDictionary<string, Queue<DateTimeOffset>> failures = new(StringComparer.Ordinal);

    /// <summary>Refuses a try that comes too early; the password is not looked at, so that waiting tells nothing.</summary>
    /// <exception cref="LockkeeperException">Too many have failed (LK7003).</exception>
    public void Check(string name, string address)
    {
        var wait = Max(Wait("name " + name, MostByName), Wait("address " + address, MostByAddress));
        if (wait > TimeSpan.Zero)
            throw new LockkeeperException(ServerErrors.TooManyTries, "too many sign-ins have failed", $"Try again in {Math.Ceiling(wait.TotalMinutes)} min; an administrator can set another password meanwhile.");
    }

    /// <summary>Counts a failure.</summary>
    public void Failed(string name, string address)
    {
        if (failures.Count > MostKeys)
            Forget();
        foreach (var key in new[] { "name " + name, "address " + address })
        {
            if (together is not null)
            {
                together.Add(key);
                continue;
            }

            var times = failures.GetOrAdd(key, static _ => new Queue<DateTimeOffset>());
            lock (times)
                times.Enqueue(clock.GetUtcNow());
        }
    }

    /// <summary>Forgets the failures of a name that has signed in; those of its address go on counting.</summary>
    public void Succeeded(string name)
    {
        failures.TryRemove("name " + name, out _);
        together?.Remove("name " + name);
    }

    private TimeSpan Wait(string key, int most)
    {
        if (together?.Times(key) is { } counted)
            return counted.Count < most ? TimeSpan.Zero : counted[^most] + Memory - clock.GetUtcNow();
        if (!failures.TryGetValue(key, out var times))
            return TimeSpan.Zero;
        lock (times)
        {
            var now = clock.GetUtcNow();
            while (times.TryPeek(out var oldest) && now - oldest >= Memory)
                times.Dequeue();
            return times.Count < most ? TimeSpan.Zero : times.ElementAt(times.Count - most) + Memory - now;
        }
    }

    private void Forget()
    {
        foreach (var (key, times) in failures)
        {
            bool isOld;
            lock (times)
                isOld = times.All(time => clock.GetUtcNow() - time >= Memory);
            if (isOld)
                failures.TryRemove(key, out _);
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
