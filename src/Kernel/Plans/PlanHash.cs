using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Kernel.Plans;

/// <summary>The hash that binds an approval to exactly one plan.</summary>
internal static class PlanHash
{
    public static string Of(string environment, string database, IReadOnlyList<Step> steps)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(environment);
        Append(database);
        foreach (var step in steps)
        {
            Append(step.Id);
            Append(step.Script);
            Append(step.Undo.Script ?? "");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }
}
