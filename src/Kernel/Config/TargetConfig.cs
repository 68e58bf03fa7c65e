using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config;

/// <summary>Where a database of the project is in one environment: one place, or a list of tenants that each have their own.</summary>
public sealed record TargetConfig
{
    /// <summary>The connection URL, secret references not yet resolved; null when <see cref="Urls"/> or <see cref="File"/> says where.</summary>
    public PlacedText? Url { get; init; }

    /// <summary>A tenant for each connection URL.</summary>
    public IReadOnlyList<PlacedText> Urls { get; init; } = [];

    /// <summary>A file with a connection URL or secret reference a line, relative to lockkeeper.yaml; a tenant for each.</summary>
    public string? File { get; init; }

    /// <summary>A tenant for each of these databases on the server of <see cref="Url"/>.</summary>
    public TenantNames? Databases { get; init; }

    /// <summary>A tenant for each of these schemas in the database of <see cref="Url"/>.</summary>
    public TenantNames? Schemas { get; init; }

    /// <summary>The tenants that go first; null for none.</summary>
    public CanaryConfig? Canary { get; init; }

    /// <summary>How many tenants are changed at the same time. Default 2.</summary>
    public int Parallel { get; init; } = DefaultParallel;

    /// <summary>How many tenants may fail before no further one is started. Default 0.</summary>
    public FailureBudget MaxFailures { get; init; } = FailureBudget.None;

    /// <summary>Where it stands in the configuration.</summary>
    public required SourcePosition At { get; init; }

    /// <summary>The default of <see cref="Parallel"/>.</summary>
    public const int DefaultParallel = 2;

    /// <summary>Whether it stands for a list of tenants, which may also be empty.</summary>
    public bool HasTenants => Urls.Count > 0 || File is not null || Databases is not null || Schemas is not null;

    /// <summary>The connection URLs that stand in the configuration itself.</summary>
    public IEnumerable<PlacedText> WrittenUrls => Url is null ? Urls : Urls.Prepend(Url);
}

/// <summary>A text of the configuration and where it stands, for errors that show only later.</summary>
/// <param name="Text">The text.</param>
/// <param name="At">Where it stands.</param>
public sealed record PlacedText(string Text, SourcePosition At);

/// <summary>The names of tenants: a list, or a query that returns them.</summary>
public sealed record TenantNames
{
    /// <summary>The names, in order; empty when a query returns them.</summary>
    public IReadOnlyList<PlacedText> Names { get; init; } = [];

    /// <summary>A query whose first column has the names; null for a list.</summary>
    public string? Query { get; init; }

    /// <summary>Where they stand.</summary>
    public required SourcePosition At { get; init; }
}

/// <summary>The tenants that go first: by name, or the first so many.</summary>
/// <param name="Count">How many of the first; 0 when they are named.</param>
/// <param name="Names">Their names; empty when they are counted.</param>
public sealed record CanaryConfig(int Count, IReadOnlyList<PlacedText> Names);

/// <summary>How many may fail: a number, or a share of all.</summary>
/// <param name="Number">The number or the percentage.</param>
/// <param name="IsPercent">Whether it is a percentage.</param>
public sealed record FailureBudget(int Number, bool IsPercent)
{
    /// <summary>The first failure stops.</summary>
    public static FailureBudget None { get; } = new(0, IsPercent: false);

    /// <summary>How many of so many may fail; a share is rounded down.</summary>
    /// <param name="all">Of how many.</param>
    public int Of(int all) => IsPercent ? (int)((long)all * Number / 100) : Number;

    /// <summary>Reads <c>3</c> or <c>10%</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="budget">The budget.</param>
    public static bool TryParse(string text, out FailureBudget budget)
    {
        var isPercent = text.EndsWith('%');
        var right = int.TryParse(isPercent ? text.AsSpan(0, text.Length - 1) : text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && (!isPercent || number <= 100);
        budget = new FailureBudget(number, isPercent);
        return right;
    }

    /// <summary>As it is written in the configuration.</summary>
    public override string ToString() => $"{Number}{(IsPercent ? "%" : "")}";
}
