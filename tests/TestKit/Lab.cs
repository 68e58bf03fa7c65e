namespace Lockkeeper.Tests.TestKit;

/// <summary>What <c>eng/lab</c> has fetched.</summary>
public static class Lab
{
    /// <summary>A folder of it.</summary>
    /// <exception cref="InvalidOperationException">It was not fetched.</exception>
    public static string Folder(string name)
    {
        var folder = Path.Combine(Cache(), name);
        return Directory.Exists(folder) ? folder : throw new InvalidOperationException($"There is no {folder}: run eng/setup test, which fetches it.");
    }

    /// <summary>The folder of a newer pgBackRest than the distribution's.</summary>
    public static string PgBackRestFolder => Folder("postgresql-17-pgbackrest/usr/bin");

    /// <summary>The same rule as in eng/lab.</summary>
    private static string Cache()
    {
        if (NotEmpty("LK_LAB") is { } given)
            return given;
        var place = NotEmpty("XDG_CACHE_HOME")
            ?? (Environment.IsPrivilegedProcess ? "/var/cache" : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"));
        return Path.Combine(place, "lockkeeper", "lab");
    }

    private static string? NotEmpty(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
