namespace Lockkeeper.Migrate.History;

/// <summary>Whose history a row of the target's tables belongs to: a series in a database, or in one schema of it when each schema is a tenant.</summary>
/// <param name="Series">The series: the database's name in the configuration, which holds no '@'.</param>
/// <param name="Scope">The schema; empty for the whole database.</param>
internal sealed record HistoryKey(string Series, string Scope = "")
{
    /// <summary>As the tables have it: <c>shop</c>, or <c>shop@acme</c>.</summary>
    public string Text => Scope.Length == 0 ? Series : $"{Series}@{Scope}";

    /// <summary>What the recorded schema is of: all series of a database share it, and a tenant has its own.</summary>
    public string SnapshotScope => Scope.Length == 0 ? "" : Text;
}
