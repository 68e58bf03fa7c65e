using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

/// <summary>What a person reads about each kind of mistake: Golden/NAME.yaml makes Golden/NAME.expected.txt.</summary>
public sealed class ConfigErrorTests
{
    public const string Folder = "tests/Unit/Kernel/Config/Golden";

    public static TheoryData<string> Mistakes => new(Directory.GetFiles(RepositoryRoot.Path(Folder), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void a_mistake_is_told_with_its_place_and_what_to_do(string mistake)
    {
        var text = Describe(Read(mistake));
        Golden.Check($"{Folder}/{mistake}.expected.txt", text);
        text.ShouldNotContain("hunter2", customMessage: "a password of the file was repeated");
    }

    [Fact]
    public void every_expected_text_has_its_file()
    {
        var expected = Directory.GetFiles(RepositoryRoot.Path(Folder), "*.expected.txt").Select(file => Path.GetFileName(file).Replace(".expected.txt", "", StringComparison.Ordinal));
        expected.Order(StringComparer.Ordinal).ShouldBe(Mistakes.Select(row => row.Data));
    }

    [Fact]
    public void a_file_over_the_limit_is_refused() =>
        Should.Throw<LockkeeperException>(() => ConfigText.Decode(new byte[(1024 * 1024) + 1], "lockkeeper.yaml")).Message.ShouldBe("the file is larger than 1 MB");

    private static LockkeeperException Read(string mistake)
    {
        var bytes = File.ReadAllBytes(RepositoryRoot.Path($"{Folder}/{mistake}.yaml"));
        return Should.Throw<LockkeeperException>(() => ConfigReader.Parse(ConfigText.Decode(bytes, "lockkeeper.yaml"), new Problems("lockkeeper.yaml")));
    }

    private static string Describe(LockkeeperException error)
    {
        IEnumerable<LockkeeperException> all = [error, .. error.Others];
        return string.Concat(all.Select(e => $"{e.At}: {e.Code.Id}: {e.Message}\nHINT: {e.Hint}\n"));
    }
}
