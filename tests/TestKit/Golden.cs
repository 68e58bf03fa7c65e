using Shouldly;

namespace Lockkeeper.Tests.TestKit;

/// <summary>Compares what a program made with a file of the repository that a person has read.</summary>
/// <remarks><c>LK_UPDATE_GOLDEN=1 dotnet test</c> writes the files instead; read the change before committing it.</remarks>
public static class Golden
{
    /// <summary>The environment variable that turns comparing into writing.</summary>
    public const string UpdateVariable = "LK_UPDATE_GOLDEN";

    private static bool Updates => Environment.GetEnvironmentVariable(UpdateVariable) == "1";

    /// <summary>Fails when the file is missing or differs.</summary>
    /// <param name="path">The file, relative to the root of the repository, with forward slashes.</param>
    /// <param name="actual">What was made; line ends are compared as line feeds, and a last one is added when missing.</param>
    public static void Check(string path, string actual)
    {
        var file = RepositoryRoot.Path(path);
        var text = Normal(actual);
        if (Updates)
        {
            Write(file, text);
            return;
        }

        if (!File.Exists(file))
            throw new ShouldAssertException($"{path} does not exist. {Advice}\nIt would be:\n{text}");
        var expected = Normal(File.ReadAllText(file));
        if (expected != text)
            throw new ShouldAssertException($"{path} is not what was made now. {Advice}\n{Difference(expected, text)}");
    }

    private static string Advice => $"If the new text is right, run the test with {UpdateVariable}=1 and commit the file.";

    private static void Write(string file, string text)
    {
        if (File.Exists(file) && Normal(File.ReadAllText(file)) == text)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string Normal(string text)
    {
        var unix = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        return unix.EndsWith('\n') ? unix : unix + "\n";
    }

    /// <summary>The first line that differs, with the lines around it on both sides.</summary>
    private static string Difference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var first = 0;
        while (first < before.Length && first < after.Length && before[first] == after[first])
            first++;
        return $"First difference in line {first + 1}.\n--- in the file\n{Around(before, first)}\n--- made now\n{Around(after, first)}";
    }

    private static string Around(string[] lines, int first) =>
        string.Join('\n', lines.Skip(Math.Max(0, first - 2)).Take(8));
}
