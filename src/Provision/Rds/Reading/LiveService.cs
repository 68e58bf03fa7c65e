namespace Lockkeeper.Provision.Rds.Reading;

/// <summary>What the service keeps of a declaration.</summary>
internal sealed record LiveService
{
    /// <summary>The instance, or the Aurora cluster; null when there is none.</summary>
    public required LiveThing? Main { get; init; }

    /// <summary>The instances of an Aurora cluster.</summary>
    public IReadOnlyList<LiveThing> Instances { get; init; } = [];

    /// <summary>The parameter group of ours; null when there is none.</summary>
    public LiveGroup? Group { get; init; }

    /// <summary>The parameters that the engine has, by name; null when the service does not say.</summary>
    public IReadOnlyDictionary<string, KnownParameter>? Known { get; init; }
}

/// <summary>A parameter group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Family">Its family.</param>
/// <param name="Owner">What our tag on it says; null for no such tag.</param>
/// <param name="Parameters">The parameters that somebody has set, by name.</param>
internal sealed record LiveGroup(string Name, string Family, string? Owner, IReadOnlyDictionary<string, string> Parameters);

/// <summary>A parameter as the engine has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its values: <c>integer</c>, <c>boolean</c>, <c>string</c>, <c>float</c>, <c>list</c>.</param>
/// <param name="Allowed">The values that it takes, as the service writes them: <c>64-2147483647</c>, <c>on,off</c>; null when it does not say.</param>
/// <param name="IsStatic">Whether it holds after a restart only.</param>
/// <param name="IsModifiable">Whether it can be set.</param>
/// <param name="Default">What holds without a setting; null when the service does not say.</param>
internal sealed record KnownParameter(string Name, string Type, string? Allowed, bool IsStatic, bool IsModifiable, string? Default);
