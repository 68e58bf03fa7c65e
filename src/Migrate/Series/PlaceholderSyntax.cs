namespace Lockkeeper.Migrate.Series;

/// <summary>What placeholders look like in the files of a format.</summary>
/// <param name="Open">What stands before a name.</param>
/// <param name="Close">What stands behind it.</param>
internal sealed record PlaceholderSyntax(string Open, string Close)
{
    /// <summary>Whether psql's <c>:name</c> is one too.</summary>
    public bool Colon { get; init; }

    /// <summary>Whether each one must have a value; otherwise what is not declared stays as it is.</summary>
    public bool Required { get; init; }

    /// <summary>Whether upper and lower case are the same in names.</summary>
    public bool AnyCase { get; init; }

    /// <summary>Names that the tool gives values by itself: they must have one here too.</summary>
    public IReadOnlyList<string> BuiltIn { get; init; } = [];

    /// <summary>The syntax of a format.</summary>
    public static PlaceholderSyntax Of(string format) => format switch
    {
        "flyway" => new PlaceholderSyntax("${", "}") { Required = true, AnyCase = true },
        // Evolve replaces the text ${name} for each name it has a value for, and looks at nothing else.
        "evolve" => new PlaceholderSyntax("${", "}"),
        // Source: grate's TokenProvider.
        "grate" => new PlaceholderSyntax("{{", "}}")
        {
            AnyCase = true,
            BuiltIn = ["DatabaseName", "Environment", "SchemaName", "ServerName", "RepositoryPath", "Version", "SqlFilesDirectory", "UserTokens", "AccessToken", "ConnectionString"],
        },
        _ => new PlaceholderSyntax("${", "}") { Colon = true, AnyCase = true },
    };
}
