namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>The kinds of objects whose CREATE or DROP no transaction covers.</summary>
public enum SharedObjectKind
{
    /// <summary>A database.</summary>
    Database,

    /// <summary>A tablespace.</summary>
    Tablespace,

    /// <summary>A subscription of logical replication.</summary>
    Subscription,
}

/// <summary>An object of the whole cluster that a statement outside of transactions makes or drops.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name, not quoted.</param>
/// <param name="IsCreated">Whether it is made; dropped otherwise.</param>
public sealed record SharedObject(SharedObjectKind Kind, string Name, bool IsCreated);
