using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

/// <summary>Whatever is in the file, the reader answers with a configuration or with its own errors.</summary>
public sealed class ConfigReaderProperties
{
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ": ", ",", "-", "- ", "\n", "\n  ", "\t", "#", "&a", "*a", "*gates", "!", "!!map", "!x", "|", ">", "|\n", "'", "\"", "%", "@", "`", "?", "? ",
        "<<", "~", "null", "---\n", "...\n", "%YAML 1.1\n", "\\", "\"\\x\"", "\"\\U00110000\"", "\u0000", "\u0085", "\u2028", "\uFEFF", "\uD83D", "é", "${", "${env:", "$${", "}}", "0", "-1", "1e999",
        "mon-", "24:00", "99999999999999999999", "true", "name", "shop", "dev",
    ];

    [Fact]
    public void a_changed_file_is_read_or_refused_and_nothing_else()
    {
        var mutations =
            from position in Gen.Choose(0, Sample.Full.Length)
            from removed in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 3), Gen.Choose(0, 200))
            from inserted in Gen.OneOf(Gen.Constant(""), Gen.Elements(Fragments))
            select (position, removed, inserted);
        var files = mutations.ListOf(3).Select(list => list.Aggregate(Sample.Full, Mutate));
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(Arb.From(files), Answers));
    }

    [Fact]
    public void any_text_is_read_or_refused_and_nothing_else()
    {
        var texts = Gen.Elements(Fragments).ListOf().Select(parts => string.Concat(parts));
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(Arb.From(texts), Answers));
    }

    [Fact]
    public void any_bytes_are_text_or_refused_and_nothing_else() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll((byte[] bytes) =>
        {
            try
            {
                ConfigText.Decode(bytes, "lockkeeper.yaml");
                return true;
            }
            catch (LockkeeperException e)
            {
                return e.At is not null;
            }
        }));

    private static string Mutate(string text, (int Position, int Removed, string Inserted) change)
    {
        var at = Math.Min(change.Position, text.Length);
        return text.Remove(at, Math.Min(change.Removed, text.Length - at)).Insert(at, change.Inserted);
    }

    /// <summary>Every error has a place inside the file, a hint, and one line.</summary>
    private static bool Answers(string text)
    {
        var error = Sample.Fails(text);
        if (error is null)
            return true;
        // YAML breaks lines at these too; the parser places what it expected at the end of the file one line further on.
        var lines = text.Split('\n', '\r', '\u0085', '\u2028', '\u2029').Length;
        foreach (var e in error.Others.Prepend(error))
        {
            if (e.At is not { Line: > 0, Column: > 0 } at || at.Line > lines + 1 || string.IsNullOrEmpty(e.Hint) || e.Message.Contains('\n'))
                throw new InvalidOperationException($"{e.At}: {e.Message}\nHINT: {e.Hint}");
        }

        return true;
    }
}
