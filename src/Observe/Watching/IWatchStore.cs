using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Watching;

/// <summary>Keeps what the watch has read and decided. Every method fails with LK6102 when the store cannot be used, and the watch goes on without it.</summary>
internal interface IWatchStore : IDisposable
{
    /// <summary>Keeps a scrape.</summary>
    /// <param name="target">The target.</param>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="samples">All of it.</param>
    void Append(string target, long time, ScrapedRows samples);

    /// <summary>Thins what is old and removes what is too much.</summary>
    /// <param name="now">The moment.</param>
    void Maintain(DateTimeOffset now);

    /// <summary>How many bytes it takes; 0 when that cannot be told.</summary>
    long Size { get; }

    /// <summary>The series of the past.</summary>
    /// <param name="step">The distance of values that is enough, in milliseconds; 0 for all there is.</param>
    ISeriesSource Source(long step = 0);

    /// <summary>The alerts that were pending or firing in the last round.</summary>
    IReadOnlyList<Alert> Alerts();

    /// <summary>The alerts that have fired and are resolved, the newest first.</summary>
    IReadOnlyList<Alert> Past();

    /// <summary>When the rules were last evaluated; null for never.</summary>
    DateTimeOffset? EvaluatedAt();

    /// <summary>What is known of the messages of each group.</summary>
    Dictionary<string, GroupState> Groups();

    /// <summary>The silences that have not ended.</summary>
    /// <param name="now">The moment.</param>
    IReadOnlyList<Silence> Silences(DateTimeOffset now);

    /// <summary>Writes the alerts of a round.</summary>
    /// <param name="alerts">All of them, the resolved ones too.</param>
    /// <param name="now">The moment.</param>
    void Write(IReadOnlyList<Alert> alerts, DateTimeOffset now);

    /// <summary>Writes what is known of a group's messages.</summary>
    /// <param name="key">The group.</param>
    /// <param name="state">What is known.</param>
    void Write(string key, GroupState state);

    /// <summary>Writes a silence.</summary>
    /// <param name="silence">The silence.</param>
    void Write(Silence silence);

    /// <summary>Ends a silence; false when there is none of this name.</summary>
    /// <param name="id">Its name.</param>
    bool EndSilence(string id);
}
