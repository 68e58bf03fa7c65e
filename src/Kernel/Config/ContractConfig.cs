namespace Lockkeeper.Kernel.Config;

/// <summary>What must agree before a migration may take an old form away ('-- lk: contract of').</summary>
public sealed record ContractConfig
{
    /// <summary>Whether such migrations are held at all. Default true.</summary>
    public bool Hold { get; init; } = true;

    /// <summary>A flag that must be true; null for none.</summary>
    public FlagConfig? Flag { get; init; }

    /// <summary>A command that must exit with 0; null for none.</summary>
    public string? Run { get; init; }

    /// <summary>How long the command may run. Default 1 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A file that must hold <c>true</c>, <c>on</c>, <c>yes</c> or <c>1</c>; null for none.</summary>
    public string? File { get; init; }

    /// <summary>For how long no statement may have named the old column; null for not looking.</summary>
    public TimeSpan? UnusedFor { get; init; }

    /// <summary>An application_name, with <c>*</c> for anything, that must not be connected; null for not looking.</summary>
    public string? NoApplication { get; init; }

    /// <summary>Whether anything is asked.</summary>
    public bool AsksAnything => Flag is not null || Run is not null || File is not null || UnusedFor is not null || NoApplication is not null;
}

/// <summary>A flag of a feature-flag service that speaks OFREP.</summary>
public sealed record FlagConfig
{
    /// <summary>The service, without <c>/ofrep/v1/…</c>.</summary>
    public required string Url { get; init; }

    /// <summary>The flag's key; <c>{column}</c> stands for <c>schema.table.column</c>.</summary>
    public required string Key { get; init; }

    /// <summary>A reference to the bearer token; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>How long the answer may take. Default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
