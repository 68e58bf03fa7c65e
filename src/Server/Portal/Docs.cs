namespace Lockkeeper.Server.Portal;

/// <summary>The documents of this version, from the program itself. Those of the reference are generated from the code, and tests hold them to it.</summary>
internal static class Docs
{
    private const string Prefix = "Lockkeeper.Docs/";

    private static readonly Lazy<SortedSet<string>> names = new(() => new SortedSet<string>(
        typeof(Docs).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..^3].Replace('\\', '/')), StringComparer.Ordinal));

    /// <summary>Their names, for example <c>reference/verbs</c>.</summary>
    public static IReadOnlyCollection<string> Names => names.Value;

    /// <summary>Whether there is such a document.</summary>
    public static bool Has(string name) => names.Value.Contains(name);

    /// <summary>The text of one.</summary>
    public static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Docs).Assembly.GetManifestResourceStream(Prefix + name + ".md")!);
        return reader.ReadToEnd();
    }
}
